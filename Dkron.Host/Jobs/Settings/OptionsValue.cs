using System.Collections;
using System.Globalization;
using Dkron.Abstractions;

namespace Dkron.Host.Jobs.Settings;

/// <summary>The types that the host's own settings may have, read from the text forms that settings use.</summary>
internal static class OptionsValue
{
    public static bool IsScalar(Type type) => type == typeof(string) || type == typeof(Uri) || type.IsValueType;

    public static bool IsPath(string text) => text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal);

    public static bool IsMap(Type type) => typeof(IDictionary).IsAssignableFrom(type) || (type.IsGenericType && type.GetGenericTypeDefinition() is var generic && (generic == typeof(IReadOnlyDictionary<,>) || generic == typeof(IDictionary<,>)));

    public static bool IsList(Type type) => typeof(IEnumerable).IsAssignableFrom(type);

    public static bool TryRead(Type type, string name, string text, out object value)
    {
        value = text;
        if (type == typeof(string))
        {
            return true;
        }

        if (type == typeof(TimeSpan))
        {
            var read = DurationText.TryParse(text, out var duration) || (text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration));
            value = duration;
            return read;
        }

        if (type == typeof(bool))
        {
            var read = BooleanText.TryParse(text, out var flag);
            value = flag;
            return read;
        }

        if (type.IsEnum)
        {
            var read = Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase);
            value = read ? Enum.Parse(type, text, ignoreCase: true) : text;
            return read;
        }

        // What is none of these is left to the binder.
        return (type != typeof(int) && type != typeof(long) && type != typeof(double)) || TryReadNumber(type, name, text, out value);
    }

    public static string Expected(Type type, string name) => type switch
    {
        _ when type == typeof(TimeSpan) => "a duration such as 250ms, 90s or 1h",
        _ when type == typeof(bool) => "true or false",
        _ when type.IsEnum => $"one of {string.Join(", ", Enum.GetNames(type))}",
        _ when type == typeof(double) => "a number",
        _ when type == typeof(string) => "a text",
        _ when type != typeof(int) && type != typeof(long) => $"a value of type {type.Name}",
        _ when IsBytes(name) => "a size such as 4096, 64KB or 1GiB",
        _ => "a whole number",
    };

    public static string ForBinder(object value) => value switch
    {
        TimeSpan duration => duration.ToString("c", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>A limit of a range attribute that has been asked once, the way settings write it.</summary>
    public static string Limit(object limit) => limit switch
    {
        TimeSpan duration => DurationText.Format(duration),
        _ => Convert.ToString(limit, CultureInfo.InvariantCulture) ?? "",
    };

    private static bool TryReadNumber(Type type, string name, string text, out object value)
    {
        if (type == typeof(double))
        {
            var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number);
            value = number;
            return isNumber;
        }

        var read = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) || (IsBytes(name) && SizeText.TryParse(text, out whole));
        value = type == typeof(int) && read && whole is >= int.MinValue and <= int.MaxValue ? (int)whole : whole;
        return read && (type != typeof(int) || whole is >= int.MinValue and <= int.MaxValue);
    }

    private static bool IsBytes(string name) => name.EndsWith("Bytes", StringComparison.Ordinal);
}

using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using Dkron.Abstractions;
using Dkron.Host.Jobs.Settings;

namespace Dkron.Host.Authoring.Schema;

/// <summary>The section <c>Dkron</c>, from the options that it becomes.</summary>
/// <param name="sections">The options of each folder of the host.</param>
internal sealed class HostSchema(IReadOnlyList<OptionsSection> sections)
{
    private readonly PropertySummaries _summaries = new();

    public JsonObject Section() => Piece.Any(SectionAt(DkronOptions.Section, typeof(DkronOptions)), Piece.Null());

    private JsonObject SectionAt(string path, Type type)
    {
        var section = Object(type);
        var properties = section["properties"]!.AsObject();
        foreach (var below in sections.Where(one => one.Path.StartsWith(path + ":", StringComparison.Ordinal)))
        {
            var name = below.Path[(path.Length + 1)..];
            if (!name.Contains(':', StringComparison.Ordinal))
            {
                properties[name] = Piece.Any(SectionAt(below.Path, below.Type), Piece.Null());
            }
        }

        return section;
    }

    private JsonObject Object(Type type)
    {
        var standard = Activator.CreateInstance(type)!;
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(property => KeyValuePair.Create<string, JsonNode?>(property.Name, Property(property).Described(_summaries.Of(property), Default(property.GetValue(standard)))));
        return new JsonObject { ["type"] = "object", ["properties"] = new JsonObject(properties), ["additionalProperties"] = false };
    }

    private JsonObject Property(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var range = property.GetCustomAttribute<RangeAttribute>();
        return OptionsValue.IsScalar(type) ? Scalar(type, property, range)
            : OptionsValue.IsMap(type) ? Piece.Map(type.GetGenericArguments()[1] is var held && OptionsValue.IsScalar(held) ? null : Piece.Any(Object(type.GetGenericArguments()[1]), Piece.Null()))
            : OptionsValue.IsList(type) ? Piece.Any(new JsonObject { ["type"] = "array", ["items"] = Piece.Scalar() }, Piece.Null())
            : Piece.Any(Object(type), Piece.Null());
    }

    private static JsonObject Scalar(Type type, PropertyInfo property, RangeAttribute? range) => type switch
    {
        _ when type == typeof(TimeSpan) => Piece.TimeSpan(isPositive: range is not null && IsPositive(range), withClock: true),
        _ when type == typeof(bool) => Piece.Boolean(),
        _ when type.IsEnum => Piece.Words(Enum.GetNames(type).Select(word => word.ToLowerInvariant())),
        _ when (type == typeof(int) || type == typeof(long)) && property.Name.EndsWith("Bytes", StringComparison.Ordinal) => Piece.Size(Limit(range?.Minimum), Limit(range?.Maximum)),
        _ when type == typeof(int) || type == typeof(long) => Piece.Integer(Limit(range?.Minimum), Limit(range?.Maximum)),
        _ when property.GetCustomAttribute<RegularExpressionAttribute>() is { } pattern => Piece.Any(Piece.Text($"^({pattern.Pattern})$"), new JsonObject { ["type"] = new JsonArray("number", "boolean") }, Piece.Null()),
        _ when property.GetCustomAttribute<RequiredAttribute>() is not null => Piece.Any(Piece.Text(@"^[^\u0000]+$"), new JsonObject { ["type"] = new JsonArray("number", "boolean") }, Piece.Null()),
        _ => Piece.Scalar(),
    };

    private static bool IsPositive(RangeAttribute range) => TimeSpan.TryParse($"{range.Minimum}", System.Globalization.CultureInfo.InvariantCulture, out var minimum) && minimum > TimeSpan.Zero;

    private static long? Limit(object? limit) => limit switch { int number => number, long number => number, _ => null };

    // Paths and names are those of this machine, and say nothing to another's.
    private static JsonValue? Default(object? value) => value switch
    {
        TimeSpan duration => JsonValue.Create(DurationText.Format(duration)),
        bool flag => JsonValue.Create(flag),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        Enum word => JsonValue.Create(word.ToString().ToLowerInvariant()),
        _ => null,
    };
}

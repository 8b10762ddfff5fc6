using System.Collections;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Dkron.Abstractions;

/// <summary>The configuration of one step: names and texts, with getters that say clearly what is wrong with a value.</summary>
/// <remarks>Immutable, names compare without regard to case, safe to read from any thread. A blank value counts as given.</remarks>
#pragma warning disable CA1710 // It is read as a dictionary, but what it is is a configuration.
public sealed class ProcessorConfig : IReadOnlyDictionary<string, string>
#pragma warning restore CA1710
{
    private readonly FrozenDictionary<string, string> _values;

    /// <summary>Takes a copy of these values.</summary>
    /// <param name="values">Names and texts; of two names that differ only in case the later one wins.</param>
    public ProcessorConfig(IEnumerable<KeyValuePair<string, string>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var copy = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in values)
        {
            copy[key] = value;
        }

        _values = copy.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>A configuration without values.</summary>
    public static ProcessorConfig Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _values.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _values.Keys;

    /// <inheritdoc/>
    public IEnumerable<string> Values => _values.Values;

    /// <inheritdoc/>
    public string this[string key] => _values[key];

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _values.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => _values.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, string>>)_values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A text that must be given.</summary>
    /// <param name="key">The option's name.</param>
    /// <returns>The text, not blank.</returns>
    /// <exception cref="ProcessorConfigException">It is missing or blank.</exception>
    public string Required(string key) =>
        _values.TryGetValue(key, out var value) && !string.IsNullOrWhiteSpace(value)
            ? value
            : throw new ProcessorConfigException(key, $"{key}: is missing; expected a text that is not blank");

    /// <summary>A text.</summary>
    /// <param name="key">The option's name.</param>
    /// <param name="fallback">What holds when it is not given.</param>
    /// <returns>The text.</returns>
    public string Text(string key, string fallback) => _values.GetValueOrDefault(key, fallback);

    /// <summary>Yes or no.</summary>
    /// <param name="key">The option's name.</param>
    /// <param name="fallback">What holds when it is not given.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ProcessorConfigException">The value is none of <c>true false 1 0 t f</c>, in any case.</exception>
    /// <remarks>Source of the spellings: Go's strconv.ParseBool, which Dkron's users are used to.</remarks>
    public bool Boolean(string key, bool fallback)
    {
        if (!_values.TryGetValue(key, out var value))
        {
            return fallback;
        }

        return BooleanText.TryParse(value, out var result) ? result : throw Wrong(key, value, "true or false");
    }

    /// <summary>A whole number.</summary>
    /// <param name="key">The option's name.</param>
    /// <param name="fallback">What holds when it is not given.</param>
    /// <param name="minimum">The least value allowed.</param>
    /// <param name="maximum">The greatest value allowed.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ProcessorConfigException">The value is not a decimal whole number in the range.</exception>
    public long Integer(string key, long fallback, long minimum = long.MinValue, long maximum = long.MaxValue)
    {
        if (!_values.TryGetValue(key, out var value))
        {
            return fallback;
        }

        return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var result) && result >= minimum && result <= maximum
            ? result
            : throw Wrong(key, value, $"a whole number{Range(minimum, maximum)}");
    }

    /// <summary>A length of time, such as <c>1m30s</c>, <c>250ms</c>, <c>1.5h</c> or <c>7d</c>.</summary>
    /// <param name="key">The option's name.</param>
    /// <param name="fallback">What holds when it is not given.</param>
    /// <returns>The value, zero or more.</returns>
    /// <exception cref="ProcessorConfigException">The value is not such a text, is negative or exceeds 10,000 days.</exception>
    /// <remarks>Units: ns us ms s m h as in Go's time.ParseDuration, and d (24 h) and w (7 d).</remarks>
    public TimeSpan Duration(string key, TimeSpan fallback)
    {
        if (!_values.TryGetValue(key, out var value))
        {
            return fallback;
        }

        return DurationText.TryParse(value, out var result) && result >= TimeSpan.Zero
            ? result
            : throw Wrong(key, value, "a duration such as 90s, 1m30s or 7d");
    }

    /// <summary>A number of bytes, such as <c>4096</c>, <c>64KB</c> or <c>1.5GiB</c>.</summary>
    /// <param name="key">The option's name.</param>
    /// <param name="fallback">What holds when it is not given, in bytes.</param>
    /// <returns>The value in bytes, zero or more.</returns>
    /// <exception cref="ProcessorConfigException">The value is not such a text.</exception>
    /// <remarks>Units, in any case: B, and K KB KiB, M MB MiB, G GB GiB, T TB TiB, all counting in 1,024.</remarks>
    public long Size(string key, long fallback)
    {
        if (!_values.TryGetValue(key, out var value))
        {
            return fallback;
        }

        return SizeText.TryParse(value, out var result) ? result : throw Wrong(key, value, "a size such as 4096, 64KB or 1GiB");
    }

    /// <summary>A text that is never shown: a password, a token. An error names the key but not the value.</summary>
    /// <param name="key">The option's name. Declare it with <see cref="OptionType.Secret"/>, so that the host masks it too.</param>
    /// <returns>The text, not blank.</returns>
    /// <exception cref="ProcessorConfigException">It is missing or blank.</exception>
    public string Secret(string key) => Required(key);

    /// <summary>The names of the values, never the values: a configuration may hold secrets.</summary>
    /// <returns>The names, separated by commas.</returns>
    public override string ToString() => string.Join(", ", _values.Keys.Order(StringComparer.OrdinalIgnoreCase));

    private static ProcessorConfigException Wrong(string key, string value, string expected) => new(key, $"{key}: '{value}' is not {expected}");

    private static string Range(long minimum, long maximum) => (minimum, maximum) switch
    {
        (long.MinValue, long.MaxValue) => "",
        (_, long.MaxValue) => string.Create(CultureInfo.InvariantCulture, $" of at least {minimum}"),
        (long.MinValue, _) => string.Create(CultureInfo.InvariantCulture, $" of at most {maximum}"),
        _ => string.Create(CultureInfo.InvariantCulture, $" from {minimum} to {maximum}"),
    };
}

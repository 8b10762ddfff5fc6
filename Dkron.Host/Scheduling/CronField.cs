using System.Globalization;

namespace Dkron.Host.Scheduling;

/// <summary>One field of a cron expression: its name, its values, and how its text is read.</summary>
/// <remarks>
/// Source: robfig/cron v3.0.1, parser.go (which Dkron uses), for lists, ranges, steps and names; Dkron 4.0.9, job.go, for <c>~</c>.
/// </remarks>
internal sealed class CronField
{
    private static readonly string[] NoNames = [];
    private static readonly string[] MonthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] DayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public static readonly CronField Second = new("second", 0, 59, 59, 60, NoNames);
    public static readonly CronField Minute = new("minute", 0, 59, 59, 60, NoNames);
    public static readonly CronField Hour = new("hour", 0, 23, 23, 24, NoNames);
    public static readonly CronField DayOfMonth = new("day of month", 1, 31, 31, 28, NoNames);
    public static readonly CronField Month = new("month", 1, 12, 12, 12, MonthNames);
    public static readonly CronField DayOfWeek = new("day of week", 0, 6, 7, 7, DayNames);

    private readonly int _first;
    private readonly int _last;
    private readonly int _highest;
    private readonly int _spreadOver;
    private readonly string[] _names;

    /// <param name="name">For people.</param>
    /// <param name="first">The lowest value.</param>
    /// <param name="last">Where an open range ends.</param>
    /// <param name="highest">The highest number that may be written: 7 is Sunday once more.</param>
    /// <param name="spreadOver">How many values <c>~</c> chooses from: those that every month has.</param>
    /// <param name="names">Names of values, beginning with the first.</param>
    private CronField(string name, int first, int last, int highest, int spreadOver, string[] names)
    {
        Name = name;
        (_first, _last, _highest, _spreadOver, _names) = (first, last, highest, spreadOver, names);
    }

    public string Name { get; }

    /// <summary>All values of the field.</summary>
    public ulong All => Bits(_first, _last, 1);

    private string Expected => _names.Length == 0 ? $"{_first} to {_highest}" : $"{_first} to {_highest} or {_names[0]} to {_names[^1]}";

    public bool TryParse(ReadOnlySpan<char> text, int spread, out CronFieldValue value, out string? error)
    {
        value = default;
        error = null;
        if (!text.Contains(',') && CronSpecial.Read(this, text) is { } special)
        {
            value = new CronFieldValue(All, AnyValue: false, Repeats: false, special);
            return true;
        }

        foreach (var range in text.Split(','))
        {
            var item = text[range];
            if (item.IsEmpty)
            {
                continue;
            }

            if (!TryParseItem(item, spread, out var values, out var any, out var repeats, out error))
            {
                return false;
            }

            value = new CronFieldValue(value.Values | values, value.AnyValue || any, value.Repeats || repeats, null);
        }

        error = value.Values == 0 ? $"the list is empty; expected {Expected}" : null;
        return error is null;
    }

    /// <summary>A number or a name; -1 when it is neither, or out of range.</summary>
    public int ValueOf(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < _names.Length; i++)
        {
            if (text.Equals(_names[i], StringComparison.OrdinalIgnoreCase))
            {
                return _first + i;
            }
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= _first && number <= _highest ? number : -1;
    }

    private bool TryParseItem(ReadOnlySpan<char> item, int spread, out ulong values, out bool any, out bool repeats, out string? error)
    {
        (values, any, repeats, error) = (0, false, false, null);
        var slash = item.IndexOf('/');
        var range = slash < 0 ? item : item[..slash];
        var step = 1;
        if (slash >= 0 && !TryParseStep(item[(slash + 1)..], out step))
        {
            error = $"'{Excerpt.Of(item)}' has no valid step; expected a whole number above 0 after one '/'";
            return false;
        }

        switch (range)
        {
            case "*" or "?":
                values = Bits(_first, _last, step);
                any = step == 1;
                repeats = true;
                return true;
            case "~":
                values = slash < 0 ? 1UL << (_first + (spread % _spreadOver)) : SpreadBits(step, spread);
                repeats = slash >= 0;
                return true;
            default:
                repeats = slash >= 0 && !range.Contains('-');
                return TryParseRange(item, range, slash >= 0, step, out values, out error);
        }
    }

    private bool TryParseRange(ReadOnlySpan<char> item, ReadOnlySpan<char> range, bool hasStep, int step, out ulong values, out string? error)
    {
        values = 0;
        var dash = range.IndexOf('-');
        var low = ValueOf(dash < 0 ? range : range[..dash]);
        var high = dash >= 0 ? ValueOf(range[(dash + 1)..]) : hasStep ? Math.Max(low, _last) : low;
        error = low < 0 || high < 0 ? $"'{Excerpt.Of(item)}' is not a value of this field; expected {Expected}{CronSpecial.Hint(this, item)}"
            : high < low ? $"the range '{Excerpt.Of(item)}' runs backwards; expected the lower value first{(_highest > _last && high == 0 ? " (as the end of a range, Sunday is 7)" : "")}"
            : null;
        values = error is null ? Bits(low, high, step) : 0;
        return error is null;
    }

    private static bool TryParseStep(ReadOnlySpan<char> text, out int step)
    {
        step = 0;
        if (text.IsEmpty || text.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        // A step beyond the field, however far, leaves its first value only.
        step = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Min(number, 100) : 100;
        return step > 0;
    }

    /// <summary>As many values as <c>*/step</c> would have, begun where the spread falls.</summary>
    private ulong SpreadBits(int step, int spread)
    {
        var count = (_spreadOver + step - 1) / step;
        var reach = (count - 1) * step;
        var begin = spread % _spreadOver % (_spreadOver - reach);
        return Bits(_first + begin, _first + begin + reach, step);
    }

    private ulong Bits(int low, int high, int step)
    {
        var bits = 0UL;
        for (var value = low; value <= high; value += step)
        {
            bits |= 1UL << (value > _last ? _first : value);
        }

        return bits;
    }
}

using System.Buffers;
using System.Globalization;
using System.Text;

namespace Dkron.Abstractions;

/// <summary>Reads and writes lengths of time as Go's time.ParseDuration does, with <c>d</c> and <c>w</c> besides.</summary>
/// <remarks>Anything below 100 ns is cut. The range is plus and minus 10,000 days, so that sums with any date stay dates.</remarks>
internal static class DurationText
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");
    private const decimal MaximumTicks = 10_000m * TimeSpan.TicksPerDay;

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var rest = text.AsSpan().Trim();
        var negative = rest.StartsWith("-");
        if (negative || rest.StartsWith("+"))
        {
            rest = rest[1..];
        }

        if (rest.IsEmpty)
        {
            return false;
        }

        if (rest.SequenceEqual("0"))
        {
            return true;
        }

        var ticks = 0m;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAnyExcept(NumberCharacters);
            if (end <= 0
                || !decimal.TryParse(rest[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            rest = rest[end..];
            var (unit, length) = Unit(rest);
            if (length == 0 || number > MaximumTicks || (ticks += number * unit) > MaximumTicks)
            {
                return false;
            }

            rest = rest[length..];
        }

        duration = TimeSpan.FromTicks((long)(negative ? -ticks : ticks));
        return true;
    }

    /// <summary>The shortest text that reads back as this duration: <c>1h30m</c>, <c>250ms</c>, <c>0s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }

        var text = new StringBuilder(duration < TimeSpan.Zero ? "-" : "");
        var rest = Math.Abs((decimal)duration.Ticks);
        foreach (var (name, ticks) in new[] { ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond), ("us", TimeSpan.TicksPerMicrosecond) })
        {
            var count = Math.Floor(rest / ticks);
            if (count > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{count}{name}");
                rest -= count * ticks;
            }
        }

        if (rest > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{rest * 100}ns");
        }

        return text.ToString();
    }

    private static (decimal Ticks, int Length) Unit(ReadOnlySpan<char> text) => text switch
    {
        ['n', 's', ..] => (0.01m, 2),
        ['u' or 'µ' or 'μ', 's', ..] => (TimeSpan.TicksPerMicrosecond, 2),
        ['m', 's', ..] => (TimeSpan.TicksPerMillisecond, 2),
        ['s', ..] => (TimeSpan.TicksPerSecond, 1),
        ['m', ..] => (TimeSpan.TicksPerMinute, 1),
        ['h', ..] => (TimeSpan.TicksPerHour, 1),
        ['d', ..] => (TimeSpan.TicksPerDay, 1),
        ['w', ..] => (7m * TimeSpan.TicksPerDay, 1),
        _ => (0, 0),
    };
}

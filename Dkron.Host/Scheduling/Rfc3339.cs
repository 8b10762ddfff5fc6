using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Dkron.Host.Scheduling;

/// <summary>Reads the times of RFC 3339 that Go reads: date, <c>T</c>, time, an optional fraction, and <c>Z</c> or an offset.</summary>
internal static class Rfc3339
{
    private const int ZoneIndexWithoutFraction = 19;
    private const int TickDigits = 7;
    private const long MaxTicks = 3_155_378_975_999_999_999; // DateTime.MaxValue

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out DateTimeOffset? time)
    {
        time = null;
        if (text.Length <= ZoneIndexWithoutFraction
            || !DateTime.TryParseExact(text[..ZoneIndexWithoutFraction], "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            return false;
        }

        var rest = text[ZoneIndexWithoutFraction..];
        if (rest[0] == '.' && !TryTakeFraction(ref rest, ref local))
        {
            return false;
        }

        if (!TryReadOffset(rest, out var offset) || local.Ticks - offset.Ticks is < 0 or > MaxTicks)
        {
            return false;
        }

        time = ZoneClock.Show(local.Ticks - offset.Ticks, Math.Abs(offset.Ticks) <= 14 * TimeSpan.TicksPerHour ? offset.Ticks : 0);
        return true;
    }

    private static bool TryTakeFraction(ref ReadOnlySpan<char> rest, ref DateTime local)
    {
        var digits = rest[1..].IndexOfAnyExceptInRange('0', '9');
        if (digits <= 0)
        {
            return false;
        }

        var ticks = 0L;
        for (var place = 0; place < TickDigits; place++)
        {
            ticks = (ticks * 10) + (place < digits ? rest[1 + place] - '0' : 0);
        }

        local = local.AddTicks(ticks);
        rest = rest[(1 + digits)..];
        return true;
    }

    private static bool TryReadOffset(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (text is "Z")
        {
            return true;
        }

        if (text is not (['+' or '-', >= '0' and <= '9', >= '0' and <= '9', ':', >= '0' and <= '9', >= '0' and <= '9']))
        {
            return false;
        }

        var (hours, minutes) = (((text[1] - '0') * 10) + text[2] - '0', ((text[4] - '0') * 10) + text[5] - '0');
        offset = new TimeSpan(hours, minutes, 0);
        offset = text[0] == '-' ? -offset : offset;
        return hours < 24 && minutes < 60;
    }
}

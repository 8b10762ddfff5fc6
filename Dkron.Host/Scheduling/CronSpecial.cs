using System.Globalization;

namespace Dkron.Host.Scheduling;

/// <summary>The tokens <c>L</c>, <c>W</c> and <c>#</c>, as Cronos has them.</summary>
internal static class CronSpecial
{
    private const string DayOfMonthForms = "; L, L-3, LW, L-3W and 15W stand alone";
    private const string DayOfWeekForms = "; 5L and 5#2 stand alone";

    /// <summary>The token as Cronos reads it; null when the text is no such token.</summary>
    public static string? Read(CronField field, ReadOnlySpan<char> text)
        => field == CronField.DayOfMonth ? ReadDayOfMonth(text)
            : field == CronField.DayOfWeek ? ReadDayOfWeek(text)
            : null;

    /// <summary>What to say of an item that looks like such a token but is none.</summary>
    public static string Hint(CronField field, ReadOnlySpan<char> item)
        => field == CronField.DayOfMonth && item.ContainsAny("LlWw") ? DayOfMonthForms
            : field == CronField.DayOfWeek && item.ContainsAny("Ll#") ? DayOfWeekForms
            : "";

    private static string? ReadDayOfMonth(ReadOnlySpan<char> text)
    {
        var weekday = text is [.., 'W' or 'w'] ? "W" : "";
        var day = weekday.Length > 0 ? text[..^1] : text;
        if (day is ['L' or 'l', .. var before])
        {
            return before.IsEmpty ? $"L{weekday}"
                : before[0] == '-' && Number(before[1..]) is >= 0 and <= 30 and var days ? string.Create(CultureInfo.InvariantCulture, $"L-{days}{weekday}")
                : null;
        }

        return weekday.Length > 0 && Number(day) is >= 1 and <= 31 and var nearest ? string.Create(CultureInfo.InvariantCulture, $"{nearest}W") : null;
    }

    private static string? ReadDayOfWeek(ReadOnlySpan<char> text)
    {
        if (text is [.. var last, 'L' or 'l'] && CronField.DayOfWeek.ValueOf(last) is >= 0 and var lastDay)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{lastDay}L");
        }

        var hash = text.IndexOf('#');
        return hash > 0 && CronField.DayOfWeek.ValueOf(text[..hash]) is >= 0 and var day && Number(text[(hash + 1)..]) is >= 1 and <= 5 and var nth
            ? string.Create(CultureInfo.InvariantCulture, $"{day}#{nth}")
            : null;
    }

    private static int Number(ReadOnlySpan<char> text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}

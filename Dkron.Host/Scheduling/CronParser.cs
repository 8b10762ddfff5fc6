using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text;
using Cronos;

namespace Dkron.Host.Scheduling;

/// <summary>Reads the five or six fields of a cron expression.</summary>
/// <remarks>
/// Cronos gets every field as a plain list of values, so that what is accepted, and what it means, is decided here;
/// it finds the matching days and times.
/// </remarks>
internal static class CronParser
{
    private static readonly CronField[] Fields = [CronField.Second, CronField.Minute, CronField.Hour, CronField.DayOfMonth, CronField.Month, CronField.DayOfWeek];

    public static bool TryParse(string text, int spread, ZoneClock clock, [NotNullWhen(true)] out DueTimes? times, [NotNullWhen(false)] out string? error)
    {
        times = null;
        var words = text.Split(default(char[]), Fields.Length + 2, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is < 5 or > 6)
        {
            var found = words.Length > 6 ? "more" : words.Length.ToString(CultureInfo.InvariantCulture);
            error = $"expected 6 fields (second, minute, hour, day of month, month, day of week) or 5 without the second, found {found}";
            return false;
        }

        var values = new CronFieldValue[Fields.Length];
        values[0] = new CronFieldValue(1, AnyValue: false, Repeats: false, null);
        var skipped = Fields.Length - words.Length;
        for (var i = 0; i < words.Length; i++)
        {
            var field = Fields[i + skipped];
            if (!field.TryParse(words[i], spread, out values[i + skipped], out var problem))
            {
                error = $"field {i + 1} ({field.Name}): {problem}";
                return false;
            }
        }

        var cron = new CronTimes(Expressions(values), repeats: values[1].Repeats || values[2].Repeats, clock);
        error = cron.CanBeDue ? null : "can never be due: no year has such a day; expected a day that its month has";
        times = error is null ? cron : null;
        return error is null;
    }

    /// <summary>One expression; two when both day fields are restricted, of which either may match.</summary>
    /// <remarks>Source: robfig/cron v3.0.1, spec.go, <c>dayMatches</c>; crontab(5) has the same rule, but counts <c>*/n</c> as unrestricted.</remarks>
    private static CronExpression[] Expressions(CronFieldValue[] values)
    {
        var (month, week) = (values[3], values[5]);
        if (month.AnyValue || week.AnyValue)
        {
            return [Expression(values)];
        }

        var (byMonth, byWeek) = ((CronFieldValue[])values.Clone(), (CronFieldValue[])values.Clone());
        byMonth[5] = new CronFieldValue(CronField.DayOfWeek.All, AnyValue: true, Repeats: true, null);
        byWeek[3] = new CronFieldValue(CronField.DayOfMonth.All, AnyValue: true, Repeats: true, null);
        return [Expression(byMonth), Expression(byWeek)];
    }

    private static CronExpression Expression(CronFieldValue[] values)
    {
        var text = new StringBuilder();
        for (var i = 0; i < Fields.Length; i++)
        {
            text.Append(values[i].Special ?? (values[i].Values == Fields[i].All ? "*" : List(values[i].Values))).Append(' ');
        }

        return CronExpression.Parse(text.ToString(), CronFormat.IncludeSeconds);
    }

    private static string List(ulong values)
    {
        var text = new StringBuilder();
        for (; values != 0; values &= values - 1)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(text.Length == 0 ? "" : ",")}{BitOperations.TrailingZeroCount(values)}");
        }

        return text.ToString();
    }
}

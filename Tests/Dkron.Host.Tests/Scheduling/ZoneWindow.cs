namespace Dkron.Host.Tests.Scheduling;

/// <summary>Some days of one zone, minute by minute: what its clocks show at each minute of UTC.</summary>
internal sealed class ZoneWindow
{
    /// <summary>The walk begins earlier than the window, so that it knows which times the clocks have shown before.</summary>
    private const int LeadMinutes = 26 * 60;

    private readonly DateTime[] _shown;

    public ZoneWindow(TimeZoneInfo zone, DateTime startUtc, TimeSpan length)
    {
        (Zone, Start, End) = (zone, startUtc, startUtc + length);
        _shown = new DateTime[LeadMinutes + (int)length.TotalMinutes];
        for (var i = 0; i < _shown.Length; i++)
        {
            var utc = startUtc.AddMinutes(i - LeadMinutes);
            _shown[i] = DateTime.SpecifyKind(utc + zone.GetUtcOffset(utc), DateTimeKind.Unspecified);
        }
    }

    public TimeZoneInfo Zone { get; }

    public DateTime Start { get; }

    public DateTime End { get; }

    /// <summary>Every due time in the window, found by trying every minute. Nothing here is shared with the code under test.</summary>
    public List<DateTime> Due(GeneratedSchedule schedule)
    {
        var due = new List<DateTime>();
        var latest = _shown[0];
        for (var i = 1; i < _shown.Length; i++)
        {
            var (utc, shown) = (Start.AddMinutes(i - LeadMinutes), _shown[i]);
            if (schedule.Repeats)
            {
                AddSeconds(due, schedule, utc, shown);
                continue;
            }

            for (var skipped = latest.AddMinutes(1); skipped < shown; skipped = skipped.AddMinutes(1))
            {
                if (schedule.MatchesMinute(skipped) && (due.Count == 0 || due[^1] != utc))
                {
                    due.Add(utc);
                }
            }

            if (shown > latest)
            {
                AddSeconds(due, schedule, utc, shown);
                latest = shown;
            }
        }

        due.RemoveAll(d => d < Start || d >= End);
        return due;
    }

    private static void AddSeconds(List<DateTime> due, GeneratedSchedule schedule, DateTime utc, DateTime shown)
    {
        if (!schedule.MatchesMinute(shown))
        {
            return;
        }

        for (var second = 0; second < 60; second++)
        {
            var moment = utc.AddSeconds(second);
            if (schedule.MatchesSecond(second) && (due.Count == 0 || due[^1] != moment))
            {
                due.Add(moment);
            }
        }
    }
}

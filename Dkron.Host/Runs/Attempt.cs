using Dkron.Abstractions;
using Dkron.Host.Jobs;

namespace Dkron.Host.Runs;

/// <summary>One attempt of one firing that shall be made.</summary>
/// <param name="Job">The job as it is now.</param>
/// <param name="Group">The firing, in Unix nanoseconds; the same for all its attempts.</param>
/// <param name="Number">From 1.</param>
/// <param name="Trigger">What made it due.</param>
/// <param name="DueAt">When it was due.</param>
internal sealed record Attempt(Job Job, long Group, int Number, ExecutionTrigger Trigger, DateTimeOffset DueAt)
{
    /// <summary>The execution of the attempt before; null for the first.</summary>
    public string? Follows { get; init; }

    /// <summary>Whether it is made because a time of the schedule has come.</summary>
    public bool IsDue => Trigger == ExecutionTrigger.Schedule && Number == 1;

    /// <summary>Whether no further attempt follows if it fails.</summary>
    public bool IsLast => Number > Job.Retries;

    /// <summary>Whether it is found again at the next start when the host stops before it is made.</summary>
    public bool IsOwed => Follows is not null || Trigger == ExecutionTrigger.Parent;

    public Attempt Next(Job job, string follows, DateTimeOffset dueAt) => this with { Job = job, Number = Number + 1, DueAt = dueAt, Follows = follows };
}

using Dkron.Abstractions;
using Dkron.Host.Jobs;

namespace Dkron.Host.Runs;

/// <summary>One attempt of one firing that shall be made.</summary>
/// <param name="Job">The job as it was when it became due.</param>
/// <param name="Group">The firing, in Unix nanoseconds; the same for all its attempts.</param>
/// <param name="Number">From 1.</param>
/// <param name="Trigger">What made it due.</param>
/// <param name="DueAt">When it was due.</param>
internal sealed record Attempt(Job Job, long Group, int Number, ExecutionTrigger Trigger, DateTimeOffset DueAt)
{
    /// <summary>Whether no further attempt follows if it fails.</summary>
    public bool IsLast => Number > Job.Retries;

    public Attempt Next(DateTimeOffset dueAt) => this with { Number = Number + 1, DueAt = dueAt };
}

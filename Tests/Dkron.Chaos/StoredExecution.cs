using Dkron.Abstractions;

namespace Dkron.Chaos;

/// <summary>One row of the table of executions.</summary>
internal sealed record StoredExecution(long Key, string Job, long Firing, int Attempt, bool IsScheduled, DateTimeOffset ScheduledAt, ExecutionStatus Status, bool IsProcessed)
{
    public string Name => $"{Key} of {Job}, attempt {Attempt}, {Status}";
}

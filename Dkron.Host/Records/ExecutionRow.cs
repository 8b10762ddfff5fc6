using Dkron.Abstractions;
using Dkron.Host.Execution;

namespace Dkron.Host.Records;

/// <summary>One row of the executions, as the writer works on it.</summary>
internal sealed record ExecutionRow
{
    public required long Key { get; init; }

    public required long JobKey { get; init; }

    public required ExecutionInfo Info { get; init; }

    /// <summary>Null while it runs.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    public bool IsProcessed { get; init; }

    public ProcessIdentity? Process { get; init; }

    /// <summary>The key of the job document as it was run.</summary>
    public long? Document { get; init; }

    /// <summary>Whether there is a raw output, so that a lost one is not taken for none.</summary>
    public bool HasRawOutput { get; init; }

    public bool HasProcessedOutput { get; init; }

    /// <summary>When a further attempt, or the job's children, must follow; null when nothing does.</summary>
    public DateTimeOffset? FollowAt { get; init; }

    /// <summary>Whether there are steps that wait or were given up, so that a lost one is not taken for none.</summary>
    public bool HasDeliveries { get; init; }

    /// <summary>How the job's counters know it from before, when it is processed once more; null when they do not.</summary>
    public ExecutionStatus? CountedAs { get; init; }

    public StoredOutcomes Outcomes { get; init; } = StoredOutcomes.None;

    public ExecutionRow WithOutcome(int step, ProcessorOutcome outcome) => this with { Outcomes = Outcomes.With(step, outcome) };
}

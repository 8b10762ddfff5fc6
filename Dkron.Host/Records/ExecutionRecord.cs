using Dkron.Abstractions;
using Dkron.Host.Execution;

namespace Dkron.Host.Records;

/// <summary>One execution as it stands on disk.</summary>
internal sealed record ExecutionRecord
{
    /// <summary>What processors and people see of it. While it runs, FinishedAt equals StartedAt.</summary>
    public required ExecutionInfo Info { get; init; }

    /// <summary>Null while it runs.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Whether its processors have all been called, or there was nothing to process.</summary>
    public bool IsProcessed { get; init; }

    /// <summary>The process of its command; null when none was started.</summary>
    public ProcessIdentity? Process { get; init; }

    /// <summary>When a further attempt, or the job's children, must follow; null when nothing does.</summary>
    public DateTimeOffset? FollowAt { get; init; }

    /// <summary>The job document as it was run; null when none was given.</summary>
    public string? Document { get; init; }

    /// <summary>Whether the record's checksum is wrong: what it says may be too. The error of <see cref="Info"/> tells people.</summary>
    public bool IsDamaged { get; init; }

    /// <summary>The output as the command wrote it. Read from disk when it is opened, and checked.</summary>
    public ExecutionOutput RawOutput { get; init; } = ExecutionOutput.Empty;

    /// <summary>The output after the last processor; the raw output while it is not processed.</summary>
    public ExecutionOutput Output { get; init; } = ExecutionOutput.Empty;

    /// <summary>What each step did, in the order of the steps, up to the first step without an outcome.</summary>
    public IReadOnlyList<ProcessorOutcome> Outcomes { get; init; } = [];

    /// <summary>Whether it ended before, and is being processed anew because an operator asked for it.</summary>
    public bool IsReprocessed { get; init; }

    /// <summary>Whether there are steps that wait for another try or were given up.</summary>
    public bool HasDeliveries { get; init; }
}

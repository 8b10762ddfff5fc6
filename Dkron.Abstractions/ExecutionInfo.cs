namespace Dkron.Abstractions;

/// <summary>One finished attempt of one firing on one node. Immutable.</summary>
public sealed record ExecutionInfo
{
    /// <summary>Unique on earth for practical purposes: start in Unix nanoseconds, a dash, the node's name. Safe as part of a file name.</summary>
    public required string Id { get; init; }

    /// <summary>The job's name.</summary>
    public required string JobName { get; init; }

    /// <summary>The node that ran it.</summary>
    public required string NodeName { get; init; }

    /// <summary>The firing, in Unix nanoseconds: the same for all attempts of one firing.</summary>
    public required long Group { get; init; }

    /// <summary>Which attempt of the firing it is, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>Whether no further attempt follows, whatever the result.</summary>
    public bool IsFinalAttempt { get; init; } = true;

    /// <summary>What made it run.</summary>
    public ExecutionTrigger Trigger { get; init; }

    /// <summary>When it was due, in UTC.</summary>
    public required DateTimeOffset ScheduledAt { get; init; }

    /// <summary>When its command was started, in UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When its command ended, in UTC.</summary>
    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>How it ended.</summary>
    public required ExecutionStatus Status { get; init; }

    /// <summary>Whether <see cref="Status"/> is <see cref="ExecutionStatus.Succeeded"/>.</summary>
    public bool Success => Status == ExecutionStatus.Succeeded;

    /// <summary>The command's exit code, 0 to 255. Null when it was ended by a signal or could not be started.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The number of the signal that ended the command, from signal(7). Null when it exited by itself or could not be started.</summary>
    public int? Signal { get; init; }

    /// <summary>Why it did not succeed, in one sentence; null when it did.</summary>
    public string? Error { get; init; }

    /// <summary>How the job's last finished execution before this one ended; null when there is none. Tells a change or a recovery.</summary>
    public ExecutionStatus? PreviousStatus { get; init; }
}

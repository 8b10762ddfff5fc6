using Dkron.Abstractions;

namespace Dkron.Host.Records;

/// <summary>What is remembered of a job, also when its executions are pruned.</summary>
internal sealed record JobHistory
{
    public required string JobName { get; init; }

    /// <summary>When the node first saw the job: from here <c>@every</c> counts.</summary>
    public required DateTimeOffset FirstSeenAt { get; init; }

    /// <summary>The last due time that was claimed or skipped; null when there was none.</summary>
    public DateTimeOffset? LastDueAt { get; init; }

    /// <summary>From when on its due times count: when the settings last said them, or said them anew; null while it is not in the settings.</summary>
    public DateTimeOffset? WatchedSince { get; init; }

    /// <summary>Whether it has succeeded since.</summary>
    public bool HasSucceeded { get; init; }

    /// <summary>Whether it has a success since whose processors may still make a failure of it.</summary>
    public bool IsSucceeding { get; init; }

    public long SuccessCount { get; init; }

    public long ErrorCount { get; init; }

    public DateTimeOffset? LastSuccessAt { get; init; }

    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>How its last finished execution ended; null when there is none.</summary>
    public ExecutionStatus? LastStatus { get; init; }
}

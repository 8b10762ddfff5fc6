using Dkron.Abstractions;
using Dkron.Host.Execution;
using Dkron.Host.Jobs.Reading;
using Dkron.Host.Jobs.Settings;
using Dkron.Host.Scheduling;

namespace Dkron.Host.Jobs;

/// <summary>One job, completely checked. An edit of the settings makes a new one.</summary>
internal sealed record Job
{
    public required JobName Name { get; init; }

    /// <summary>What processors see of the job.</summary>
    public required JobInfo Info { get; init; }

    /// <summary>When it runs by itself; null for a job that only its parent or a person starts.</summary>
    public Schedule? Schedule { get; init; }

    public required Command Command { get; init; }

    public bool Disabled { get; init; }

    /// <summary>Why this node does not fire it, because its tags select other nodes; null when it does.</summary>
    public string? NotSelected { get; init; }

    /// <summary>Further attempts after a failed one.</summary>
    public int Retries { get; init; }

    public RetryBackoff RetryBackoff { get; init; } = RetryBackoff.Default;

    public JobName? Parent { get; init; }

    public Concurrency Concurrency { get; init; }

    /// <summary>Order is meaning.</summary>
    public IReadOnlyList<ProcessorStep> Processors { get; init; } = [];

    /// <summary>The processors as the job's own settings say them, without the node's sections.</summary>
    public SettingNode? OwnProcessors { get; init; }

    /// <summary>What is recorded of the job with each execution.</summary>
    public string Document => field ??= RecordedJobs.Write(Info, Command.MaxOutputBytes, OwnProcessors);

    public JobProcessing Processing => field ??= new JobProcessing(Info, Processors, Command.MaxOutputBytes);

    public bool Ephemeral { get; init; }

    public DateTimeOffset? StartsAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public string TimeZone { get; init; } = "";

    public Misfire Misfire { get; init; }

    /// <summary>How late it may start; null when the settings do not say.</summary>
    public TimeSpan? StartingDeadline { get; init; }
}

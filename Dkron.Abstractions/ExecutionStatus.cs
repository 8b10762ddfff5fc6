namespace Dkron.Abstractions;

/// <summary>How an execution stands.</summary>
public enum ExecutionStatus
{
    /// <summary>Its command has not ended yet.</summary>
    Running,

    /// <summary>Its command exited with 0.</summary>
    Succeeded,

    /// <summary>Its command exited otherwise, was ended by a signal or could not be started; or a step with <c>on_error: fail</c> failed.</summary>
    Failed,

    /// <summary>Its command was ended because the job's <c>timeout</c> had passed.</summary>
    TimedOut,

    /// <summary>The host ended while the command was running, so nobody knows how it ended.</summary>
    Lost,

    /// <summary>It was due but not run; the error says why.</summary>
    Skipped,
}

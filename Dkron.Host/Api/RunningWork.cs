namespace Dkron.Host.Api;

/// <summary>What only a running agent can do.</summary>
internal sealed record RunningWork
{
    /// <summary>Starts a job by its name, forced or not, and returns the ids of the executions as soon as they are recorded.</summary>
    /// <remarks>Throws <see cref="ControlException"/> with <see cref="ControlError.Conflict"/> when it may not start now; the message says why.</remarks>
    public required Func<string, bool, CancellationToken, Task<IReadOnlyList<string>>> Start { get; init; }

    /// <summary>Asks the execution's command to end. False when it does not run here.</summary>
    public required Func<string, bool> Stop { get; init; }

    /// <summary>Takes on executions to be processed again, all their steps or those of one processor, of these all or only dead letters, and returns when that is recorded.</summary>
    public required Func<IReadOnlyList<string>, string?, bool, CancellationToken, Task<ReprocessedDocument>> Reprocess { get; init; }

    /// <summary>Looks at a plugin's folder, or with null at all, and ends when what was found is handled. Null when plugins do not change.</summary>
    /// <remarks>Throws <see cref="ControlException"/> when there is no such plugin.</remarks>
    public Func<string?, CancellationToken, Task>? ReloadPlugins { get; init; }

    /// <summary>Goes back to the version of a plugin that worked before. Null when plugins do not change.</summary>
    /// <remarks>Throws <see cref="ControlException"/> when that cannot be done.</remarks>
    public Func<string, CancellationToken, Task>? RollBackPlugin { get; init; }

    /// <summary>The output of the execution's command. Null when it does not run here.</summary>
    public required Func<string, LiveBytes?> Live { get; init; }
}

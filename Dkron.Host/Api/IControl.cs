namespace Dkron.Host.Api;

/// <summary>All that a person or a program may ask of Dkron and tell it: the one list of what the API and the command line can do.</summary>
/// <remarks>What cannot be done is a <see cref="ControlException"/> whose message tells an operator why and what to do.</remarks>
internal interface IControl
{
    /// <summary>All jobs, by name.</summary>
    Task<IReadOnlyList<JobDocument>> JobsAsync(CancellationToken cancellationToken);

    Task<JobDocument> JobAsync(string name, CancellationToken cancellationToken);

    /// <summary>Starts a job now and returns at once.</summary>
    /// <param name="name">The job's name.</param>
    /// <param name="force">Whether it starts beside another execution of it, whatever its <c>concurrency</c> says.</param>
    /// <param name="cancellationToken">Gives up asking; what has started goes on.</param>
    Task<StartedDocument> RunAsync(string name, bool force, CancellationToken cancellationToken);

    /// <summary>One page of executions, newest first.</summary>
    Task<IReadOnlyList<ExecutionDocument>> ExecutionsAsync(ExecutionsRequest request, CancellationToken cancellationToken);

    Task<ExecutionDocument> ExecutionAsync(string id, CancellationToken cancellationToken);

    /// <summary>The output as bytes, in a stream that the caller disposes.</summary>
    /// <param name="id">The execution's id.</param>
    /// <param name="raw">What the command wrote, in place of what its processors made of it.</param>
    /// <param name="follow">While the command runs: as it comes, until the command ends; otherwise as much as there is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Stream> OutputAsync(string id, bool raw, bool follow, CancellationToken cancellationToken);

    /// <summary>Asks a running execution to end, and returns at once.</summary>
    Task StopAsync(string id, CancellationToken cancellationToken);

    /// <summary>What was given up, the last first.</summary>
    Task<IReadOnlyList<DeadLetterDocument>> DeadLettersAsync(DeadLettersRequest request, CancellationToken cancellationToken);

    /// <summary>Lets processors be called again, and returns when that is recorded.</summary>
    /// <param name="ids">The executions.</param>
    /// <param name="step">Only the steps of that processor; null for all.</param>
    /// <param name="deadOnly">Only steps that are dead letters, each with what it got; otherwise also those that worked, and with no <paramref name="step"/> the chain anew.</param>
    /// <param name="cancellationToken">Gives up asking; what was taken on is done.</param>
    Task<ReprocessedDocument> ReprocessAsync(IReadOnlyList<string> ids, string? step, bool deadOnly, CancellationToken cancellationToken);

    Task<IReadOnlyList<PluginDocument>> PluginsAsync(CancellationToken cancellationToken);

    /// <summary>Looks at one plugin's folder, or at all, now; ends when what was found is loaded or refused.</summary>
    /// <param name="name">Null for all.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The plugins as they stand then.</returns>
    Task<IReadOnlyList<PluginDocument>> ReloadPluginsAsync(string? name, CancellationToken cancellationToken);

    /// <summary>Goes back to the version of a plugin that worked before.</summary>
    /// <returns>The plugin as it stands then.</returns>
    Task<IReadOnlyList<PluginDocument>> RollBackPluginAsync(string name, CancellationToken cancellationToken);

    Task<StatusDocument> StatusAsync(CancellationToken cancellationToken);
}

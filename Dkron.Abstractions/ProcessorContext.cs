namespace Dkron.Abstractions;

/// <summary>One call's view of the world, made by the host. Immutable; safe to read from any thread.</summary>
public sealed class ProcessorContext
{
    /// <summary>The same for every retry of this step on this execution, also after a restart of the host. A plugin recognises a repeat by it.</summary>
    public required string InvocationId { get; init; }

    /// <summary>Which try of this step on this execution it is, from 1. Not the attempt of the execution.</summary>
    public required int Attempt { get; init; }

    /// <summary>The job as it was when the execution was started.</summary>
    public required JobInfo Job { get; init; }

    /// <summary>The finished execution.</summary>
    public required ExecutionInfo Execution { get; init; }

    /// <summary>The output after the earlier steps.</summary>
    public required ExecutionOutput Output { get; init; }

    /// <summary>The output as the command wrote it.</summary>
    public required ExecutionOutput OriginalOutput { get; init; }

    /// <summary>
    /// True: the output goes on to the next processor unchanged. False (the default): the processor puts a marker in its
    /// place, but not before its own delivery is known to have worked.
    /// </summary>
    public bool Forward { get; init; }

    /// <summary>
    /// The node's <c>Processors:NAME</c> section overlaid by the step's own entry, without the keys that the host reserves:
    /// <c>name</c>, <c>forward</c>, <c>when</c>, <c>on_error</c>, <c>timeout</c>, <c>retries</c>, <c>retry_backoff</c>.
    /// </summary>
    public ProcessorConfig Config { get; init; } = ProcessorConfig.Empty;

    /// <summary>What the earlier steps did, in their order.</summary>
    public IReadOnlyList<ProcessorOutcome> Previous { get; init; } = [];

    /// <summary>The host's log, with job and execution attached.</summary>
    public required IPluginLog Log { get; init; }
}

namespace Dkron.Abstractions;

/// <summary>Takes the finished execution of a job, does its work with it, and says what the next processor gets.</summary>
/// <remarks>
/// A plugin assembly named <c>dkron-processor-NAME</c> has exactly one public, concrete implementation. The host makes one
/// instance in each generation of the plugin, with a constructor that may ask for <see cref="IPluginLog"/>,
/// <see cref="TimeProvider"/> and <see cref="PluginInfo"/>. Calls run concurrently for different executions: keep no
/// per-execution state in fields. Disposal comes once, after the last call has ended.
/// </remarks>
public interface IExecutionProcessor : IAsyncDisposable
{
    /// <summary>Processes one execution.</summary>
    /// <param name="context">The execution, its output so far and this step's configuration. Never null; immutable.</param>
    /// <param name="cancellationToken">
    /// Cancelled when the step's <c>timeout</c> (default 30 s) has passed or the host stops hurriedly. A call that goes on
    /// for longer than the host's grace (2 s) is abandoned: its result is not used.
    /// </param>
    /// <returns>What became of it; never null. The host copies what it needs before it calls the next processor.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <remarks>
    /// May be called again with the same <see cref="ProcessorContext.InvocationId"/> after a retry or a crash of the host.
    /// Any exception is recorded as a failed outcome; an expected failure is better returned as
    /// <see cref="ProcessorResult.Fail"/> or <see cref="ProcessorResult.Retry"/>. Any thread may be the caller.
    /// </remarks>
    ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken);

    /// <summary>Frees what the processor holds. Does nothing unless implemented. Called once; the host waits 5 s for it.</summary>
    /// <returns>The end of the work.</returns>
#pragma warning disable CA1033, CA1816 // The body is a default that implementations replace by a plain DisposeAsync.
    ValueTask IAsyncDisposable.DisposeAsync() => default;
#pragma warning restore CA1033, CA1816
}

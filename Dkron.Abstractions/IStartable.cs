namespace Dkron.Abstractions;

/// <summary>An optional power of a processor: work to do once before its first call.</summary>
public interface IStartable
{
    /// <summary>Prepares the processor. Called once for each instance, before it becomes current, never concurrently with a call.</summary>
    /// <param name="cancellationToken">Cancelled after 10 s or when the host stops.</param>
    /// <returns>The end of the work.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <remarks>Any exception refuses this generation of the plugin; what ran before stays.</remarks>
    ValueTask StartAsync(CancellationToken cancellationToken);
}

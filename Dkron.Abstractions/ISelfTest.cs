namespace Dkron.Abstractions;

/// <summary>An optional power of a processor: prove that it can work before it takes any real execution.</summary>
public interface ISelfTest
{
    /// <summary>Tests the processor. Called once for each instance, after <see cref="IStartable.StartAsync"/>, never concurrently with a call.</summary>
    /// <param name="cancellationToken">Cancelled after 10 s or when the host stops.</param>
    /// <returns>The end of the test.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <remarks>
    /// Test the build, not the world: any exception refuses this generation, and a server that is down for a minute is no
    /// reason for that. Have no effect that an outsider could see.
    /// </remarks>
    ValueTask TestAsync(CancellationToken cancellationToken);
}

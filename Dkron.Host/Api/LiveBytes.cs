namespace Dkron.Host.Api;

/// <summary>The output of a running command, as it grows.</summary>
/// <param name="Read">What there is from an offset on, at most so many bytes, without waiting.</param>
/// <param name="WaitAsync">Completes when there is more behind an offset, or the command has ended.</param>
internal sealed record LiveBytes(Func<long, int, LivePiece> Read, Func<long, CancellationToken, Task> WaitAsync);

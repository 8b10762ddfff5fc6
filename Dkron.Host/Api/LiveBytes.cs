namespace Dkron.Host.Api;

/// <summary>The output of a running command, as it grows.</summary>
/// <param name="Read">Reads what there is from an offset on into a buffer, without waiting.</param>
/// <param name="WaitAsync">Completes when there is more behind an offset, or the command has ended.</param>
internal sealed record LiveBytes(Func<long, Memory<byte>, LivePiece> Read, Func<long, CancellationToken, Task> WaitAsync);

namespace Dkron.Host.Api;

/// <summary>A piece of the output of a running command.</summary>
/// <param name="Offset">Where it begins; later than asked for when what was asked for is not kept.</param>
/// <param name="Data">May be empty.</param>
/// <param name="IsLast">Whether nothing will follow it.</param>
internal readonly record struct LivePiece(long Offset, ReadOnlyMemory<byte> Data, bool IsLast);

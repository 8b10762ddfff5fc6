namespace Dkron.Host.Api;

/// <summary>A piece of the output of a running command.</summary>
/// <param name="Offset">Where it begins; later than asked for when what was asked for is not kept.</param>
/// <param name="Count">How many bytes were read; zero when there are none yet.</param>
/// <param name="IsLast">Whether nothing will follow it.</param>
internal readonly record struct LivePiece(long Offset, int Count, bool IsLast);

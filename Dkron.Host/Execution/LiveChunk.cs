namespace Dkron.Host.Execution;

/// <summary>A piece of a running command's output.</summary>
/// <param name="Offset">Where it stands in all that the command wrote; beyond what was asked for when that was cut already.</param>
/// <param name="Bytes">The piece; empty when there is nothing more yet.</param>
/// <param name="Ended">Whether the command has ended and this was read to its end.</param>
internal readonly record struct LiveChunk(long Offset, ReadOnlyMemory<byte> Bytes, bool Ended)
{
    /// <summary>What to ask for next.</summary>
    public long NextOffset => Offset + Bytes.Length;
}

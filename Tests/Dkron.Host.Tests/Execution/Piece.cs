using Dkron.Host.Execution;

namespace Dkron.Host.Tests.Execution;

/// <summary>A piece of a running command's output, in memory of its own.</summary>
internal sealed record Piece(long Offset, byte[] Bytes, bool Ended)
{
    /// <summary>What to ask for next.</summary>
    public long NextOffset => Offset + Bytes.Length;

    public static Piece Of(LiveOutput live, long offset, int maxBytes)
    {
        var buffer = new byte[maxBytes];
        var chunk = live.Read(offset, buffer);
        return new Piece(chunk.Offset, buffer[..chunk.Count], chunk.Ended);
    }
}

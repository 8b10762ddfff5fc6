using Dkron.Abstractions;

namespace Dkron.Host.Execution.Output;

/// <summary>A command's output when no more will come.</summary>
/// <param name="Output">Head, mark and tail in order.</param>
/// <param name="File">The file in which it lies; null when it lies in memory.</param>
/// <param name="HeadLength">How many bytes stand before the mark.</param>
/// <param name="Kept">How many bytes were kept, the mark not counted.</param>
/// <param name="MarkLength">The mark's length; 0 when nothing was cut.</param>
/// <param name="FileError">Why it could not be written to a file; null when it was, or need not be.</param>
internal sealed record StoredOutput(ExecutionOutput Output, string? File, long HeadLength, long Kept, int MarkLength, string? FileError)
{
    /// <summary>Copies from the kept bytes; gives 0 at their end, and when the file has been removed since.</summary>
    public int Read(long keptOffset, Span<byte> buffer)
    {
        try
        {
            using var stream = Output.OpenRead();
            stream.Position = keptOffset < HeadLength ? keptOffset : keptOffset + MarkLength;
            return stream.Read(buffer);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}

namespace Dkron.Host.Execution.Output;

/// <summary>Room for the head and the tail of a stream of unknown length.</summary>
/// <remarks>
/// The first bytes stand where they came. What follows the head goes round in the rest of the room, so that the newest bytes
/// replace the oldest there and a stream that fits stands in order from its start.
/// </remarks>
internal abstract class OutputRegion(long capacity)
{
    /// <summary>How many bytes came.</summary>
    public long Total { get; private set; }

    /// <summary>How many of them are lost.</summary>
    public long Omitted => Math.Max(0, Total - capacity);

    /// <summary>How many of the first bytes are always kept: half, and the odd one.</summary>
    public long HeadLength { get; } = HeadOf(capacity);

    /// <summary>How many bytes are kept.</summary>
    public long Kept => Math.Min(Total, capacity);

    private long TailLength => capacity - HeadLength;

    /// <summary>How much of a room is for the head.</summary>
    public static long HeadOf(long capacity) => capacity - (capacity / 2);

    public void Append(ReadOnlySpan<byte> data)
    {
        var end = Total + data.Length;
        for (var offset = Total; offset < end;)
        {
            // What the end of this very piece would overwrite is not written at all.
            var offsetOfUse = offset < HeadLength ? offset : Math.Max(offset, end - TailLength);
            if (offsetOfUse >= end)
            {
                break;
            }

            var (position, run) = Place(offsetOfUse);
            var length = (int)Math.Min(run, end - offsetOfUse);
            WriteAt(position, data.Slice((int)(offsetOfUse - Total), length));
            offset = offsetOfUse + length;
        }

        Total = end;
    }

    /// <summary>Copies from the kept bytes, counted without a gap from 0 to <see cref="Kept"/>.</summary>
    public int Read(long keptOffset, Span<byte> buffer)
    {
        var done = 0;
        while (done < buffer.Length && keptOffset + done < Kept)
        {
            var offset = keptOffset + done;
            var (position, run) = Place(offset < HeadLength ? offset : offset + Omitted);
            var left = (offset < HeadLength ? Math.Min(Kept, HeadLength) : Kept) - offset;
            var length = (int)Math.Min(Math.Min(run, left), buffer.Length - done);
            var count = ReadAt(position, buffer.Slice(done, length));
            if (count == 0)
            {
                break;
            }

            done += count;
        }

        return done;
    }

    protected abstract void WriteAt(long position, ReadOnlySpan<byte> data);

    protected abstract int ReadAt(long position, Span<byte> buffer);

    /// <summary>Where a byte of the stream has its place, and how many stand behind it without a break.</summary>
    private (long Position, long Run) Place(long offset)
    {
        if (offset < capacity)
        {
            return (offset, capacity - offset);
        }

        var position = HeadLength + ((offset - HeadLength) % TailLength);
        return (position, capacity - position);
    }
}

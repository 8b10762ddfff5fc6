using System.Buffers;

namespace Dkron.Host.Execution.Output;

/// <summary>A region in a pooled array that grows as it is needed.</summary>
internal sealed class MemoryRegion(int capacity) : OutputRegion(capacity), IDisposable
{
    private const int FirstBytes = 4 * 1024;

    private byte[] _bytes = [];

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }

    protected override void WriteAt(long position, ReadOnlySpan<byte> data)
    {
        var needed = (int)position + data.Length;
        if (needed > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(FirstBytes, _bytes.Length * 2)));
            _bytes.CopyTo(larger, 0);
            Dispose();
            _bytes = larger;
        }

        data.CopyTo(_bytes.AsSpan((int)position));
    }

    protected override int ReadAt(long position, Span<byte> buffer)
    {
        _bytes.AsSpan((int)position, buffer.Length).CopyTo(buffer);
        return buffer.Length;
    }
}

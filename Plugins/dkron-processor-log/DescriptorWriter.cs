using System.Buffers;
using System.Runtime.InteropServices;

namespace Dkron.Processors.Logging;

/// <summary>Collects bytes and writes them to a descriptor, all of them or an exception. A small block is a single write(2).</summary>
internal sealed class DescriptorWriter(int descriptor, CancellationToken cancellationToken) : IBufferWriter<byte>, IDisposable
{
    private const int BufferBytes = 64 * 1024;

    // A pipe that poll(2) calls writable takes this much (PIPE_BUF, pipe(7)) without blocking, so a reader that has
    // stopped reading cannot hold this thread beyond the call's time.
    private const int MaxWriteBytes = 4096;
    private const int PollMilliseconds = 100;
    private const int Interrupted = 4;
    private const int WouldBlock = 11;
    private const int WouldBlockElsewhere = 35;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _used;

    /// <summary>Whether anything has reached the descriptor yet.</summary>
    public bool HasWritten { get; private set; }

    public void Advance(int count) => _used += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var wanted = Math.Max(sizeHint, 1);
        if (_buffer.Length - _used < wanted)
        {
            Flush();
        }

        if (_buffer.Length < wanted)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(wanted);
        }

        return _buffer.AsMemory(_used);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Flush()
    {
        var rest = _buffer.AsSpan(0, _used);
        while (!rest.IsEmpty)
        {
            WaitUntilWritable();
            var written = (int)NativeMethods.Write(descriptor, rest, (nuint)Math.Min(rest.Length, MaxWriteBytes));
            if (written > 0)
            {
                HasWritten = true;
                rest = rest[written..];
            }
            else if (Marshal.GetLastPInvokeError() is not (Interrupted or WouldBlock or WouldBlockElsewhere) and var error)
            {
                throw new DescriptorException(error);
            }
        }

        _used = 0;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private void WaitUntilWritable()
    {
        var request = new NativeMethods.PollRequest { Descriptor = descriptor, Events = NativeMethods.Writable };
        while (NativeMethods.Poll(ref request, 1, PollMilliseconds) <= 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}

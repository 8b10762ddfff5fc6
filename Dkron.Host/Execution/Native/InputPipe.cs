namespace Dkron.Host.Execution.Native;

/// <summary>Feeds a payload to a command's stdin as fast as it reads, and closes it at the payload's end.</summary>
/// <remarks>A command that closes its stdin or never reads it is its own affair: what it did not take is dropped.</remarks>
internal sealed class InputPipe(EventLoop loop, int descriptor, ReadOnlyMemory<byte> payload) : IEventSource, IDisposable
{
    private readonly Lock _gate = new();
    private ReadOnlyMemory<byte> _left = payload;
    private long _watch;
    private bool _closed;

    /// <summary>Writes what the pipe takes at once and watches for the rest. Gives 0 or the error number.</summary>
    public int Start()
    {
        lock (_gate)
        {
            Write();
            if (_closed)
            {
                return 0;
            }

            _watch = loop.Add(descriptor, LibC.EpollOut, this, out var error);
            return error;
        }
    }

    public void OnReady(Span<byte> buffer)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                Write();
            }

            if (!_closed)
            {
                loop.Rearm(descriptor, _watch, LibC.EpollOut);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            Close();
        }
    }

    private unsafe void Write()
    {
        while (!_left.IsEmpty)
        {
            int count;
            fixed (byte* start = _left.Span)
            {
                count = (int)LibC.Write(descriptor, start, (nuint)_left.Length);
            }

            if (count >= 0)
            {
                _left = _left[count..];
                continue;
            }

            var error = Errno.Last;
            if (error == Errno.TryAgain)
            {
                return;
            }

            if (error != Errno.Interrupted)
            {
                break;
            }
        }

        Close();
    }

    private void Close()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        loop.Remove(descriptor, _watch);
        _ = LibC.Close(descriptor);
    }
}

using System.Buffers;
using Dkron.Host.Execution.Output;

namespace Dkron.Host.Execution.Native;

/// <summary>Takes what a command writes from its pipe to the store.</summary>
/// <remarks>
/// The loop's thread reads while the output fits into memory. From then on the thread pool reads, because a disk may be slow
/// and one slow disk must not hold up other commands. Each turn is bounded, so that a chatty command gets its share only.
/// </remarks>
internal sealed class OutputPipe(EventLoop loop, int descriptor, OutputStore store) : IEventSource, IThreadPoolWorkItem, IDisposable
{
    private const int ReadsPerLoopTurn = 2;
    private const int ReadsPerPoolTurn = 64;
    private const int BufferBytes = 64 * 1024;

    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private long _watch;
    private bool _closed;

    private enum Turn
    {
        Again,
        Pool,
        Ended,
    }

    /// <summary>Completes when all who could write have closed the pipe, or reading was given up.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Starts reading. Gives 0 or the error number.</summary>
    public int Start()
    {
        lock (_gate)
        {
            _watch = loop.Add(descriptor, LibC.EpollIn, this, out var error);
            return error;
        }
    }

    public void OnReady(Span<byte> buffer)
    {
        Turn turn;
        lock (_gate)
        {
            turn = ReadInMemory(buffer);
        }

        GoOn(turn);
    }

    /// <summary>Takes what is there at the command's exit, so that its end and the end of its output are one event mostly.</summary>
    public void TakeRest(Span<byte> buffer)
    {
        if (!_gate.TryEnter())
        {
            return;
        }

        try
        {
            // The watch still stands here, so whatever is left comes by it.
            _ = ReadInMemory(buffer);
        }
        finally
        {
            _gate.Exit();
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            Turn turn;
            lock (_gate)
            {
                turn = _closed ? Turn.Ended : Read(buffer, ReadsPerPoolTurn);
            }

            GoOn(turn == Turn.Pool ? Turn.Again : turn);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            Close();
        }
    }

    private Turn ReadInMemory(Span<byte> buffer)
    {
        for (var i = 0; i < ReadsPerLoopTurn && !_closed; i++)
        {
            var room = store.RoomInMemory;
            if (room == 0)
            {
                return Turn.Pool;
            }

            var turn = Read(buffer[..(int)Math.Min(room, buffer.Length)], reads: 1);
            if (turn != Turn.Pool)
            {
                return turn;
            }
        }

        return _closed ? Turn.Ended : Turn.Again;
    }

    /// <summary>Reads at most so often; Pool when there may be more.</summary>
    private unsafe Turn Read(Span<byte> buffer, int reads)
    {
        fixed (byte* start = buffer)
        {
            for (var i = 0; i < reads;)
            {
                var count = (int)LibC.Read(descriptor, start, (nuint)buffer.Length);
                if (count > 0)
                {
                    store.Append(buffer[..count]);
                    i++;
                    continue;
                }

                var error = count == 0 ? 0 : Errno.Last;
                if (error == Errno.TryAgain)
                {
                    return Turn.Again;
                }

                if (error != Errno.Interrupted)
                {
                    Close();
                    return Turn.Ended;
                }
            }
        }

        return Turn.Pool;
    }

    private void GoOn(Turn turn)
    {
        if (turn == Turn.Pool)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        else if (turn == Turn.Again)
        {
            lock (_gate)
            {
                if (!_closed)
                {
                    loop.Rearm(descriptor, _watch, LibC.EpollIn);
                }
            }
        }
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
        _drained.TrySetResult();
    }
}

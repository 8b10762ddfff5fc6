using System.Buffers.Binary;

namespace Dkron.Host.Execution.Native;

/// <summary>Notices that a child has ended, without reaping it: until then its id, and that of its group, stay its own.</summary>
internal sealed class ExitWatch(EventLoop loop, int processId, int pidfd, OutputPipe output) : IEventSource
{
    private const int InfoBytes = 128;

    private readonly TaskCompletionSource<ExitState> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _watch;

    public Task<ExitState> Exited => _exited.Task;

    /// <summary>Starts watching. Gives 0 or the error number.</summary>
    public int Start()
    {
        // The event may come before Add has returned its number.
        lock (_exited)
        {
            _watch = loop.Add(pidfd, LibC.EpollIn, this, out var error);
            return error;
        }
    }

    public void OnReady(Span<byte> buffer)
    {
        var state = Read(processId, reap: false);
        output.TakeRest(buffer);
        lock (_exited)
        {
            loop.Remove(pidfd, _watch);
        }

        _ = LibC.Close(pidfd);
        _exited.TrySetResult(state);
    }

    /// <summary>Waits for the end of this one child, no other: waiting for any would take those of other parts of the process.</summary>
    public static unsafe ExitState Read(int processId, bool reap)
    {
        // siginfo_t on 64-bit: si_signo, si_errno, si_code, padding, si_pid, si_uid, si_status; sigaction(2).
        const int CodeOffset = 8;
        const int StatusOffset = 24;
        var info = stackalloc byte[InfoBytes];
        new Span<byte>(info, InfoBytes).Clear();
        while (LibC.Wait(LibC.IdIsProcess, processId, info, LibC.WaitExited | (reap ? 0 : LibC.WaitNoReap)) != 0)
        {
            if (Errno.Last != Errno.Interrupted)
            {
                return default;
            }
        }

        var status = BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(info + StatusOffset, sizeof(int)));
        return BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(info + CodeOffset, sizeof(int))) switch
        {
            1 => new ExitState(status, null, false),
            2 => new ExitState(null, status, false),
            3 => new ExitState(null, status, true),
            _ => default,
        };
    }
}

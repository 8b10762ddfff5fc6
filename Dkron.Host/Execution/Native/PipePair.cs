namespace Dkron.Host.Execution.Native;

/// <summary>A new pipe between the host, whose end never blocks, and a child, whose end does.</summary>
internal readonly record struct PipePair(int HostEnd, int ChildEnd)
{
    /// <summary>Gives 0 and the pipe, or the error number.</summary>
    public static unsafe int Open(bool hostReads, out PipePair pair)
    {
        var ends = stackalloc int[2];
        pair = default;
        if (LibC.Pipe(ends, LibC.CloseOnExec) != 0)
        {
            return Errno.Last;
        }

        pair = hostReads ? new(ends[0], ends[1]) : new(ends[1], ends[0]);

        // The flag belongs to this end alone: each end of a pipe is an open file of its own.
        _ = LibC.ControlDescriptor(pair.HostEnd, LibC.SetStatusFlags, LibC.NonBlocking);
        return 0;
    }
}

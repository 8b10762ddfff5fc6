using System.Runtime.InteropServices;

namespace Dkron.Processors.Syslog;

/// <summary>What .NET does not offer for sockets.</summary>
internal static partial class NativeMethods
{
    /// <summary>SIOCOUTQ of tcp(7): how many bytes the other machine has not acknowledged.</summary>
    public const nuint Unacknowledged = 0x5411;

    /// <summary>POLLRDHUP of poll(2): the peer has ended its sending. POLLERR and POLLHUP are told unasked.</summary>
    private const short PeerEnded = 0x2000;

    /// <summary>
    /// Whether the other end has closed the connection, told in one look that takes nothing out of the socket. Asking first whether it can be
    /// read and then how much would be two, and between them whoever reads beside may take the bytes away.
    /// </summary>
    /// <returns>False where poll(2) is not Linux's; a read tells later.</returns>
    public static bool IsClosedByPeer(SafeHandle socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        var referenced = false;
        try
        {
            socket.DangerousAddRef(ref referenced);
            var look = new PollDescriptor { Descriptor = (int)socket.DangerousGetHandle(), Events = PeerEnded };
            return Poll(ref look, 1, 0) == 1;
        }
        finally
        {
            if (referenced)
            {
                socket.DangerousRelease();
            }
        }
    }

    /// <summary>ioctl(2).</summary>
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Control(SafeHandle descriptor, nuint request, ref int value);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int timeoutMilliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Answered;
    }
}

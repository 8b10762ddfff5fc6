using System.Runtime.InteropServices;

namespace Dkron.Processors.Syslog;

/// <summary>What .NET does not offer for sockets.</summary>
internal static partial class NativeMethods
{
    /// <summary>SIOCOUTQ of tcp(7): how many bytes the other machine has not acknowledged.</summary>
    public const nuint Unacknowledged = 0x5411;

    /// <summary>ioctl(2).</summary>
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Control(SafeHandle descriptor, nuint request, ref int value);
}

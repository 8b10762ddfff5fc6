using System.Runtime.InteropServices;

namespace Dkron.Processors.Logging;

/// <summary>The two calls of libc by which a block reaches a descriptor. .NET's console stream hides a closed pipe (EPIPE), and a file stream would write at an offset of its own.</summary>
internal static partial class NativeMethods
{
    /// <summary>POLLOUT of poll(2).</summary>
    public const short Writable = 4;

    /// <summary>write(2).</summary>
    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint Write(int descriptor, ReadOnlySpan<byte> bytes, nuint count);

    /// <summary>poll(2).</summary>
    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Poll(ref PollRequest request, nuint count, int milliseconds);

    /// <summary>struct pollfd of poll(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollRequest
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}

using System.Runtime.InteropServices;

namespace Dkron.Host.Plugins;

/// <summary>Tells a file from every other and from itself before and after a change, without reading it.</summary>
/// <param name="Device">The file system.</param>
/// <param name="Inode">The file on it.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="ModifiedAt">When its content changed last, in ns.</param>
/// <param name="ChangedAt">When its content, mode, owner or links changed last, in ns. Cannot be set by a program.</param>
/// <param name="Mode">Its type and permissions, from stat(2).</param>
/// <param name="Owner">The owner's user id.</param>
/// <param name="BornAt">When it was made, in ns, which tells it from an earlier file of the same inode; 0 where the file system does not keep it.</param>
internal readonly partial record struct FileIdentity(ulong Device, ulong Inode, long Size, long ModifiedAt, long ChangedAt, ushort Mode, uint Owner, long BornAt)
{
    private const int AtCurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint BasicStatisticsAndBirth = 0xfff;
    private const int TypeMask = 0xf000;
    private const int NoEntry = 2;
    private const int NotFolder = 20;

    public bool IsFolder => (Mode & TypeMask) == 0x4000;

    public bool IsRegular => (Mode & TypeMask) == 0x8000;

    public bool IsLink => (Mode & TypeMask) == 0xa000;

    /// <summary>What a path leads to; null when nothing is there.</summary>
    public static FileIdentity? Of(string path) => Read(path, 0);

    /// <summary>What lies at a path, a link as itself; null when nothing is there.</summary>
    public static FileIdentity? OfLink(string path) => Read(path, NoFollow);

    /// <summary>A path with all links resolved; null when it leads nowhere.</summary>
    public static string? RealPath(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return Path.Exists(path) ? Path.GetFullPath(path) : null;
        }

        var resolved = NativeRealPath(path, 0);
        try
        {
            return Marshal.PtrToStringUTF8(resolved);
        }
        finally
        {
            NativeFree(resolved);
        }
    }

    private static FileIdentity? Read(string path, int flags)
    {
        if (!OperatingSystem.IsLinux())
        {
            return ReadPortably(path, flags);
        }

        if (NativeStatx(AtCurrentFolder, path, flags, BasicStatisticsAndBirth, out var s) == 0)
        {
            return new FileIdentity(((ulong)s.DeviceMajor << 32) | s.DeviceMinor, s.Inode, (long)s.Size, Nanoseconds(s.Modified), Nanoseconds(s.Changed), s.Mode, s.Owner, Nanoseconds(s.Born));
        }

        return Marshal.GetLastPInvokeError() is NoEntry or NotFolder
            ? null
            : throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    // For development elsewhere: no inode, no special files.
    private static FileIdentity? ReadPortably(string path, int flags)
    {
        FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        if (!info.Exists)
        {
            return null;
        }

        var mode = info.LinkTarget is not null && flags == NoFollow ? 0xa000 : info is DirectoryInfo ? 0x4000 : 0x8000;
        return new FileIdentity(0, 0, info is FileInfo file ? file.Length : 0, info.LastWriteTimeUtc.Ticks, 0, (ushort)mode, 0, 0);
    }

    private static long Nanoseconds(Timestamp time) => (time.Seconds * 1_000_000_000) + time.Nanoseconds;

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NativeStatx(int folder, string path, int flags, uint mask, out Statistics statistics);

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint NativeRealPath(string path, nint buffer);

    [LibraryImport("libc", EntryPoint = "free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void NativeFree(nint memory);

    [StructLayout(LayoutKind.Sequential, Size = 16)]
    private readonly struct Timestamp
    {
        public readonly long Seconds;
        public readonly uint Nanoseconds;
    }

    // struct statx, from statx(2); the same on every architecture.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private readonly struct Statistics
    {
        [FieldOffset(20)]
        public readonly uint Owner;
        [FieldOffset(28)]
        public readonly ushort Mode;
        [FieldOffset(32)]
        public readonly ulong Inode;
        [FieldOffset(40)]
        public readonly ulong Size;
        [FieldOffset(80)]
        public readonly Timestamp Born;
        [FieldOffset(96)]
        public readonly Timestamp Changed;
        [FieldOffset(112)]
        public readonly Timestamp Modified;
        [FieldOffset(136)]
        public readonly uint DeviceMajor;
        [FieldOffset(140)]
        public readonly uint DeviceMinor;
    }
}

using System.Globalization;
using System.Runtime.InteropServices;

namespace Dkron.Host.Tests.Records;

/// <summary>Lets the agent's own handle of a file lead to a pipe, which cannot be synced, as a disk does that reports an error. Linux only.</summary>
internal sealed partial class BrokenSync : IDisposable
{
    private const int NoFollow = 0x20000;   // O_NOFOLLOW on x64
    private const int NoFollowOnArm = 0x8000;
    private readonly int _handle;
    private readonly int _saved;

    private BrokenSync(int handle)
    {
        _handle = handle;
        _saved = Duplicate(handle);
        var ends = new int[2];
        Pipe(ends).Should().Be(0);
        Put(ends[1], handle).Should().Be(handle);
        _ = Close(ends[0]);
        _ = Close(ends[1]);
    }

    public static BrokenSync Of(string file)
    {
        // SQLite has opened the file too, but never follows a link.
        var handles = Directory.GetFiles("/proc/self/fd").Where(link => new FileInfo(link).LinkTarget == file).Select(link => int.Parse(Path.GetFileName(link), CultureInfo.InvariantCulture));
        return new BrokenSync(handles.Single(handle => !IsNoFollow(handle)));
    }

    public void Dispose()
    {
        Put(_saved, _handle).Should().Be(_handle);
        _ = Close(_saved);
    }

    private static bool IsNoFollow(int handle)
    {
        var flags = File.ReadLines($"/proc/self/fdinfo/{handle}").Single(line => line.StartsWith("flags:", StringComparison.Ordinal)).Split('\t')[^1];
        return (Convert.ToInt32(flags, 8) & (RuntimeInformation.ProcessArchitecture == Architecture.X64 ? NoFollow : NoFollowOnArm)) != 0;
    }

    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Duplicate(int handle);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Put(int handle, int place);

    [LibraryImport("libc", EntryPoint = "pipe", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Pipe([Out] int[] ends);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int handle);
}

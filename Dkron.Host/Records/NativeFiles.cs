using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dkron.Host.Records;

/// <summary>The few file calls that .NET does not offer: locks that die with their process, and folders synced to disk.</summary>
/// <remarks>Source: open(2), flock(2), fsync(2). Where there is no libc, locks come from the share mode and folders are not synced.</remarks>
internal static partial class NativeFiles
{
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;   // O_CLOEXEC on Linux, the same on x64 and arm64
    private const int ExclusiveWithoutWaiting = 2 | 4;   // LOCK_EX | LOCK_NB

    /// <summary>Takes the exclusive lock of an open file. False when another process holds it.</summary>
    public static bool TryLock(SafeFileHandle file) => !OperatingSystem.IsLinux() || Flock(file, ExclusiveWithoutWaiting) == 0;

    /// <summary>Makes the names in a folder durable.</summary>
    public static void SyncFolder(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var descriptor = Open(folder, ReadOnly | CloseOnExec);
        if (descriptor < 0)
        {
            throw new IOException($"The folder {folder} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Fsync(handle) != 0)
        {
            throw new IOException($"The folder {folder} cannot be synced: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Makes the bytes of a file durable.</summary>
    public static void SyncFile(string file)
    {
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Makes the bytes of an open file durable, without its times. Source: fdatasync(2). Linux only.</summary>
    public static void SyncData(SafeFileHandle file)
    {
        if (Fdatasync(file) != 0)
        {
            throw new IOException($"It cannot be synced: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fsync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fdatasync(SafeFileHandle file);
}

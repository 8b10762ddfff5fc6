using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dkron.Processors.Files;

/// <summary>What .NET does not offer for folders: opening one without following a link, and syncing it.</summary>
internal static partial class NativeMethods
{
    /// <summary>W_OK and X_OK of access(2): entries may be made in a folder.</summary>
    public const int MayAddEntries = 2 | 1;

    private const int CloseOnExec = 0x80000;

    /// <summary>O_DIRECTORY and O_CLOEXEC of open(2).</summary>
    public static int DirectoryOnly => CloseOnExec | (IsArm ? 0x4000 : 0x10000);

    /// <summary>O_NOFOLLOW of open(2).</summary>
    public static int NoFollow => IsArm ? 0x8000 : 0x20000;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    /// <summary>open(2).</summary>
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial SafeFileHandle Open(string path, int flags);

    /// <summary>fsync(2).</summary>
    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Sync(SafeFileHandle handle);

    /// <summary>access(2).</summary>
    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Access(string path, int mode);
}

using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dkron.Processors.Files;

/// <summary>An open folder. What is done in it is done in this very folder, whatever its path has come to mean since.</summary>
/// <remarks>On Linux paths go through <c>/proc/self/fd</c>; elsewhere, for development, links are only looked for before.</remarks>
internal sealed class Folder : IDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
    private const int NotADirectory = 20;
    private const int LinkLoop = 40;

    private readonly SafeFileHandle? _handle;
    private readonly string _access;

    private Folder(string path, string access, bool followLink)
    {
        Path = path;
        _access = path;
        if (OperatingSystem.IsLinux())
        {
            _handle = NativeMethods.Open(access, NativeMethods.DirectoryOnly | (followLink ? 0 : NativeMethods.NoFollow));
            ThrowIfInvalid(_handle, access, followLink);
            _access = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{_handle.DangerousGetHandle()}");
        }
        else if (!followLink && new DirectoryInfo(path).LinkTarget is not null)
        {
            throw new IOException("Is a symbolic link", LinkLoop);
        }
    }

    /// <summary>The path for people.</summary>
    public string Path { get; }

    /// <summary>Opens a folder by an absolute path, whose links are the operator's and are followed; makes what is missing.</summary>
    public static Folder Open(string path)
    {
        var parent = System.IO.Path.GetDirectoryName(path);
        if (Directory.Exists(path) || parent is null)
        {
            return new Folder(path, path, followLink: true);
        }

        using var parentFolder = Open(parent);
        return parentFolder.Enter(System.IO.Path.GetFileName(path), followLink: true);
    }

    /// <summary>Opens a folder in this one, never by a link; makes it when it is missing.</summary>
    public Folder Enter(string name) => Enter(name, followLink: false);

    /// <summary>Goes down through folders, making what is missing; null when there are none to go through.</summary>
    public Folder? EnterAll(IEnumerable<string> names)
    {
        Folder? folder = null;
        foreach (var name in names)
        {
            using var above = folder;
            folder = (above ?? this).Enter(name);
        }

        return folder;
    }

    /// <summary>Does something in a folder of this one, unless it is none: a file, a link, or gone.</summary>
    public void UseIfFolder(string name, Action<Folder> use)
    {
        if (new DirectoryInfo(At(name)) is { Exists: true, LinkTarget: null })
        {
            using var folder = new Folder(System.IO.Path.Combine(Path, name), At(name), followLink: false);
            use(folder);
        }
    }

    /// <summary>The path by which this process reaches an entry of this folder.</summary>
    public string At(string name) => System.IO.Path.Combine(_access, name);

    /// <summary>The entries, without those below.</summary>
    public IEnumerable<FileSystemInfo> Entries() =>
        new DirectoryInfo(_access + '/').EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false, MatchType = MatchType.Simple });

    /// <summary>Makes sure that the names in this folder survive a power cut.</summary>
    public void Sync()
    {
        // EINVAL, 22: a file system that cannot sync folders (some network ones) keeps names in its own way.
        if (_handle is not null && NativeMethods.Sync(_handle) != 0 && Marshal.GetLastPInvokeError() is not 22 and var error)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
        }
    }

    public void Dispose() => _handle?.Dispose();

    private Folder Enter(string name, bool followLink)
    {
        if (!Directory.Exists(At(name)))
        {
            Make(At(name));
            Sync();
        }

        return new Folder(System.IO.Path.Combine(Path, name), At(name), followLink);
    }

    private static void Make(string path) => _ = OperatingSystem.IsWindows() ? Directory.CreateDirectory(path) : Directory.CreateDirectory(path, Mode);

    private static void ThrowIfInvalid(SafeFileHandle handle, string access, bool followLink)
    {
        if (!handle.IsInvalid)
        {
            return;
        }

        // With O_DIRECTORY a link is "not a directory"; what is in the way is the link.
        var error = Marshal.GetLastPInvokeError();
        error = error == NotADirectory && !followLink && File.ResolveLinkTarget(access, returnFinalTarget: false) is not null ? LinkLoop : error;
        handle.Dispose();
        throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
    }
}

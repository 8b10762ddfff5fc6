using System.Runtime.InteropServices;
using Dkron.Host.Plugins;

namespace Dkron.Host.Authoring;

/// <summary>Lays a plugin into a plugin folder, or takes one out, so that a host never sees half of it.</summary>
internal static partial class PluginFolderSwap
{
    private const int AtCurrentFolder = -100;
    private const uint Exchange = 2;
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Copies a plugin beside its place, and then changes places with what lay there.</summary>
    /// <returns>Whether another build lay there before.</returns>
    public static bool Lay(PluginSource source, string folder)
    {
        // What begins with a dot is not taken for a plugin.
        var staged = Path.Combine(folder, $".dkron-install-{Guid.NewGuid():N}");
        var place = Path.Combine(folder, source.Name.AssemblyName);
        try
        {
            Copy(source, staged);
            var isThere = Directory.Exists(place);
            if (!isThere)
            {
                Directory.Move(staged, place);
            }
            else if (!OperatingSystem.IsLinux() || NativeRename(AtCurrentFolder, staged, AtCurrentFolder, place, Exchange) != 0)
            {
                // Not every file system can change two places at once. In between the folder is missing, which a host bears with.
                var before = staged + "-before";
                Directory.Move(place, before);
                Directory.Move(staged, place);
                Directory.Move(before, staged);
            }

            return isThere;
        }
        finally
        {
            PrivateFolder.Remove(staged);
        }
    }

    /// <summary>Takes a plugin out.</summary>
    public static void Remove(PluginSource source)
    {
        if (source.IsDropIn)
        {
            foreach (var file in source.DropInFiles)
            {
                File.Delete(Path.Combine(source.Folder, file));
            }

            return;
        }

        var doomed = Path.Combine(Path.GetDirectoryName(source.Folder)!, $".dkron-remove-{Guid.NewGuid():N}");
        Directory.Move(source.Folder, doomed);
        if (new DirectoryInfo(doomed).LinkTarget is null)
        {
            PrivateFolder.Remove(doomed);
        }
        else
        {
            Directory.Delete(doomed);
        }
    }

    private static void Copy(PluginSource source, string target)
    {
        MakeFolder(target);
        foreach (var file in PluginTree.List(source))
        {
            var path = Path.Combine(target, file.RelativePath);
            MakeFolder(Path.GetDirectoryName(path)!);
            File.Copy(file.RealPath, path);
            if (!OperatingSystem.IsWindows())
            {
                // Writable by nobody else, or a host that checks permissions would refuse it.
                File.SetUnixFileMode(path, FileMode);
            }
        }
    }

    private static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, FolderMode);
        }
    }

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NativeRename(int oldFolder, string oldPath, int newFolder, string newPath, uint flags);
}

namespace Dkron.Host.Plugins;

/// <summary>Lists the files of a plugin.</summary>
internal static class PluginTree
{
    private const int MaxFiles = 10_000;
    private const long MaxBytes = 1024L * 1024 * 1024;
    private const int MaxDepth = 32;

    /// <summary>All files that belong to a plugin, ordered by path, so that two equal lists mean an unchanged plugin.</summary>
    /// <exception cref="PluginRefusedException">There is something in it that no plugin may have.</exception>
    /// <exception cref="IOException">It cannot be read, or went away meanwhile.</exception>
    public static List<PluginFile> List(PluginSource source) => List(source, []);

    /// <summary>The same, and all folders that were looked into, as paths below the plugin's folder.</summary>
    public static List<PluginFile> List(PluginSource source, List<string> folders)
    {
        var root = FileIdentity.RealPath(source.Folder) ?? throw new DirectoryNotFoundException($"{source.Folder} is not there");
        var files = new List<PluginFile>();
        if (source.IsDropIn)
        {
            foreach (var name in source.DropInFiles.Where(name => FileIdentity.OfLink(Path.Combine(root, name)) is not null))
            {
                Add(root, Path.Combine(root, name), name, 0, files, folders);
            }
        }
        else
        {
            AddFolder(root, root, "", 0, files, folders);
        }

        if (files.Sum(file => file.Identity.Size) > MaxBytes)
        {
            throw new PluginRefusedException($"its files have more than {MaxBytes >> 20} MiB; is there something beside the plugin in {source.Folder}?");
        }

        files.Sort((a, b) => string.CompareOrdinal(a.RelativePath, b.RelativePath));
        return files;
    }

    private static void AddFolder(string root, string folder, string relativePath, int depth, List<PluginFile> files, List<string> folders)
    {
        folders.Add(relativePath);
        if (depth > MaxDepth)
        {
            throw new PluginRefusedException($"{folder} lies more than {MaxDepth} folders deep; is there a symbolic link that leads in a circle?");
        }

        foreach (var path in Directory.EnumerateFileSystemEntries(folder))
        {
            // Kubernetes keeps the versions of a mounted volume in folders that begin with two dots; links lead into the current one.
            if (!Path.GetFileName(path).StartsWith("..", StringComparison.Ordinal))
            {
                Add(root, path, Path.Combine(relativePath, Path.GetFileName(path)), depth, files, folders);
            }
        }
    }

    private static void Add(string root, string path, string relativePath, int depth, List<PluginFile> files, List<string> folders)
    {
        var identity = FileIdentity.OfLink(path) ?? throw new FileNotFoundException($"{path} went away meanwhile");
        if (identity.IsLink)
        {
            path = Resolve(root, path);
            identity = FileIdentity.Of(path) ?? throw new FileNotFoundException($"{path} went away meanwhile");
        }

        if (identity.IsFolder)
        {
            AddFolder(root, path, relativePath, depth + 1, files, folders);
        }
        else if (!identity.IsRegular)
        {
            throw new PluginRefusedException($"{path} is a pipe, a socket or a device; a plugin's folder holds only files and folders");
        }
        else if (files.Count == MaxFiles)
        {
            throw new PluginRefusedException($"it has more than {MaxFiles} files; is there something beside the plugin in {root}?");
        }
        else
        {
            files.Add(new PluginFile(relativePath, path, identity));
        }
    }

    private static string Resolve(string root, string link)
    {
        var target = FileIdentity.RealPath(link) ?? throw new PluginRefusedException($"{link} is a symbolic link that leads nowhere; copy the file there");
        return target.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? target
            : throw new PluginRefusedException($"{link} is a symbolic link out of the plugin's folder, to {target}; copy the file there, or make the whole folder a link");
    }
}

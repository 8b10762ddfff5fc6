namespace Dkron.Host.Plugins;

/// <summary>Looks through folders for plugins: folders <c>dkron-TYPE-NAME</c>, and dlls of that name dropped straight in.</summary>
internal static class PluginDiscovery
{
    /// <summary>Searches folders; of two plugins with one name the one in the later folder wins.</summary>
    public static DiscoveredPlugins Find(IEnumerable<string> folders)
    {
        var sources = new SortedDictionary<string, PluginSource>(StringComparer.Ordinal);
        var missing = new List<string>();
        var unreadable = new List<string>();
        var problems = new List<string>();
        foreach (var folder in folders)
        {
            try
            {
                foreach (var source in FindIn(folder, problems))
                {
                    var key = source.Name.AssemblyName;
                    sources[key] = sources.TryGetValue(key, out var earlier)
                        ? source with { Shadowed = [.. earlier.Shadowed, earlier.Location] }
                        : source;
                }
            }
            catch (DirectoryNotFoundException) when (!File.Exists(folder))
            {
                missing.Add(folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                unreadable.Add(folder);
                problems.Add($"{folder}: cannot be searched for plugins ({e.Message}); it must be a folder that the user dkron runs as can read");
            }
        }

        return new DiscoveredPlugins([.. sources.Values], missing, unreadable, problems);
    }

    private static List<PluginSource> FindIn(string folder, List<string> problems)
    {
        var found = new List<PluginSource>();
        foreach (var path in Directory.GetFileSystemEntries(folder, "dkron-*").Order(StringComparer.Ordinal))
        {
            var isFolder = Directory.Exists(path);
            var isLibrary = !isFolder && path.EndsWith(".dll", StringComparison.Ordinal);
            if (!isFolder && !isLibrary)
            {
                continue;
            }

            if (PluginName.TryParse(isFolder ? Path.GetFileName(path) : Path.GetFileNameWithoutExtension(path), out var name, out var error))
            {
                found.Add(new PluginSource { Name = name, Folder = isFolder ? path : folder, IsDropIn = isLibrary });
            }
            else if (error is not null)
            {
                problems.Add($"{path}: {error}");
            }
        }

        // A folder is the complete form of a plugin, so it wins over a dll of the same name beside it.
        return [.. found.OrderBy(source => !source.IsDropIn)];
    }
}

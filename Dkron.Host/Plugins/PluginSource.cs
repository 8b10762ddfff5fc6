namespace Dkron.Host.Plugins;

/// <summary>Where a plugin was found.</summary>
internal sealed record PluginSource
{
    public required PluginName Name { get; init; }

    /// <summary>The folder in which its files lie: its own, or for a dropped-in dll the one it was dropped into.</summary>
    public required string Folder { get; init; }

    /// <summary>Whether it is a single dll with the files that bear its name, in a folder that it shares.</summary>
    public bool IsDropIn { get; init; }

    /// <summary>Where plugins of the same name lie that are not used because this one wins.</summary>
    public IReadOnlyList<string> Shadowed { get; init; } = [];

    /// <summary>The plugin that lies at a path: a folder, or a dropped-in dll.</summary>
    /// <exception cref="PluginRefusedException">No plugin can lie there.</exception>
    public static PluginSource At(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var isFolder = Directory.Exists(full);
        if (!isFolder && !File.Exists(full))
        {
            throw new PluginRefusedException($"{full} is not there");
        }

        return PluginName.TryParse(isFolder ? Path.GetFileName(full) : Path.GetFileNameWithoutExtension(full), out var name, out var error)
            ? new PluginSource { Name = name, Folder = isFolder ? full : Path.GetDirectoryName(full)!, IsDropIn = !isFolder }
            : throw new PluginRefusedException($"{full} is no plugin: {error ?? "a plugin is called dkron-TYPE-NAME"}");
    }

    /// <summary>What an operator knows it by: its folder, or the dropped-in dll.</summary>
    public string Location => IsDropIn ? Path.Combine(Folder, Name.FileName) : Folder;

    /// <summary>The names of the files that belong to a dropped-in dll.</summary>
    public IReadOnlyList<string> DropInFiles =>
        [Name.FileName, Name + ".deps.json", Name + ".pdb", Name + ".runtimeconfig.json"];
}

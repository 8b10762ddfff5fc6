namespace Dkron.Host.Plugins;

/// <summary>A private, unchanging copy of a plugin's files: what was checked is what is loaded.</summary>
/// <param name="Name">The plugin.</param>
/// <param name="Hash">The hash of all its files.</param>
/// <param name="Folder">Where the copy lies.</param>
internal sealed record PluginSnapshot(PluginName Name, string Hash, string Folder)
{
    /// <summary>What the files were that it was copied from; empty when it was not copied now.</summary>
    public IReadOnlyList<PluginFile> Files { get; init; } = [];

    /// <summary>The main assembly's path.</summary>
    public string MainAssembly => Path.Combine(Folder, Name.FileName);

    /// <summary>The path of the list of dependencies, which need not be there.</summary>
    public string DependencyManifest => Path.Combine(Folder, Name + ".deps.json");
}

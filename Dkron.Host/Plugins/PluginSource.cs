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

    /// <summary>What an operator knows it by: its folder, or the dropped-in dll.</summary>
    public string Location => IsDropIn ? Path.Combine(Folder, Name.FileName) : Folder;

    /// <summary>The names of the files that belong to a dropped-in dll.</summary>
    public IReadOnlyList<string> DropInFiles =>
        [Name.FileName, Name + ".deps.json", Name + ".pdb", Name + ".runtimeconfig.json"];
}

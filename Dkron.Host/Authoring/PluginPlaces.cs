using Dkron.Host.Plugins;

namespace Dkron.Host.Authoring;

/// <summary>Where plugins lie that an operator adds: in the folders of the settings, else in the machine's. What lies beside the executable is part of dkron.</summary>
internal sealed class PluginPlaces(IReadOnlyList<string> configured)
{
    private IReadOnlyList<string> Folders => configured.Count > 0 ? configured : [PluginFolders.System];

    /// <summary>Where a plugin is to be laid: where it lies already, else the first folder that can be written to.</summary>
    /// <exception cref="PluginRefusedException">There is none.</exception>
    public string FolderFor(PluginName name)
    {
        // Of two folders with one name the later one wins, so that is the one to replace.
        if (Folders.LastOrDefault(folder => Directory.Exists(Path.Combine(folder, name.AssemblyName))) is { } current)
        {
            return current;
        }

        return Folders.FirstOrDefault(IsWritable)
            ?? throw new PluginRefusedException($"none of the plugin folders can be written to ({string.Join(", ", Folders)}); run this as a user who may, or name a folder in Dkron:Plugins:Folders");
    }

    /// <summary>Where a plugin of a name lies that was added.</summary>
    /// <exception cref="PluginRefusedException">Nowhere, or it is part of dkron.</exception>
    public PluginSource Find(string name) =>
        PluginDiscovery.Find(Folders).Sources.FirstOrDefault(source => source.Name.Name == name || source.Name.AssemblyName == name)
        ?? throw new PluginRefusedException(PluginDiscovery.Find(PluginFolders.Standard([])).Sources.Any(source => source.Name.Name == name)
            ? $"plugin '{name}' is part of dkron and is not removed; leave it out of the jobs"
            : $"there is no plugin '{name}' in {string.Join(", ", Folders)}");

    private static bool IsWritable(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".dkron-{Guid.NewGuid():N}");
            Directory.CreateDirectory(probe);
            Directory.Delete(probe);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

namespace Dkron.Host.Plugins;

/// <summary>What was found in the plugin folders.</summary>
/// <param name="Sources">The plugins that are to be used, by name.</param>
/// <param name="Missing">Folders that are not there.</param>
/// <param name="Unreadable">Folders that are there, or may be, and cannot be read.</param>
/// <param name="Problems">What looks like a plugin but cannot be one, and folders that cannot be read: one sentence each.</param>
internal sealed record DiscoveredPlugins(IReadOnlyList<PluginSource> Sources, IReadOnlyList<string> Missing, IReadOnlyList<string> Unreadable, IReadOnlyList<string> Problems)
{
    /// <summary>Whether nobody can tell now if a plugin is where it was: what is not found of it says nothing.</summary>
    public bool IsOutOfSight(PluginSource source) => Unreadable.Contains(Path.GetDirectoryName(source.Location));
}

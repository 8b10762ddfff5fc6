namespace Dkron.Host.Plugins;

/// <summary>What was found in the plugin folders.</summary>
/// <param name="Sources">The plugins that are to be used, by name.</param>
/// <param name="Missing">Folders that are not there.</param>
/// <param name="Problems">What looks like a plugin but cannot be one, and folders that cannot be read: one sentence each.</param>
internal sealed record DiscoveredPlugins(IReadOnlyList<PluginSource> Sources, IReadOnlyList<string> Missing, IReadOnlyList<string> Problems);

namespace Dkron.Abstractions;

/// <summary>What a plugin may know of itself. Offered to the constructor. Immutable.</summary>
public sealed record PluginInfo
{
    /// <summary>The name jobs use: <c>files</c> for <c>dkron-processor-files</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The informational version of the plugin's assembly, without build metadata: <c>1.2.0</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Counts the loads of this plugin in this process, from 1.</summary>
    public required int Generation { get; init; }

    /// <summary>The absolute path of the read-only private copy that this generation was loaded from.</summary>
    public required string Directory { get; init; }

    /// <summary>The absolute path of the host's data directory. A plugin that keeps files there does so in a folder named like itself.</summary>
    public required string DataDirectory { get; init; }
}

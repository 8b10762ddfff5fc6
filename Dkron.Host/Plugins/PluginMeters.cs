using System.Diagnostics.Metrics;

namespace Dkron.Host.Plugins;

/// <summary>Figures on plugins, for whoever listens to the meter <c>Dkron.Plugins</c>.</summary>
internal static class PluginMeters
{
    private static readonly Meter Meter = new("Dkron.Plugins");

    public static readonly Counter<long> Loaded = Meter.CreateCounter<long>("dkron.plugins.loaded", description: "Versions of plugins that were made current.");

    public static readonly Counter<long> Refused = Meter.CreateCounter<long>("dkron.plugins.refused", description: "Builds of plugins that were refused.");

    public static readonly Counter<long> Unloaded = Meter.CreateCounter<long>("dkron.plugins.unloaded", description: "Versions of plugins that are verified to have left memory.");

    public static readonly Counter<long> Retained = Meter.CreateCounter<long>("dkron.plugins.retained", description: "Versions of plugins that were unloaded but stay in memory.");

    public static readonly Counter<long> Paused = Meter.CreateCounter<long>("dkron.plugins.paused", description: "Pauses of plugins after repeated faults.");
}

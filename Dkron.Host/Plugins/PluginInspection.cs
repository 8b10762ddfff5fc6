namespace Dkron.Host.Plugins;

/// <summary>What is known of a plugin that passed every check, before any of its code runs.</summary>
/// <param name="Version">The informational version of its assembly, without build metadata.</param>
/// <param name="Warnings">What its author should know; one sentence each.</param>
/// <param name="Risks">What of it is known to keep a replaced version in memory; one sentence each.</param>
internal sealed record PluginInspection(string Version, IReadOnlyList<string> Warnings, IReadOnlyList<string> Risks)
{
    /// <summary>Whether its class says that it hands results to somebody else.</summary>
    public bool IsDelivery { get; init; }
}

using Dkron.Abstractions;
using Dkron.Host.Api;
using Dkron.Host.Plugins;

namespace Dkron.Host;

/// <summary>Plugins as the API shows them.</summary>
internal static class PluginView
{
    public static IReadOnlyList<PluginDocument> Of(PluginRegistry registry)
    {
        var catalog = registry.Catalog;
        return [.. registry.Statuses.Select(status => Of(status, catalog.GetValueOrDefault(status.Name)))];
    }

    /// <summary>What a processor declares; empty when it takes anything, null when it is not known.</summary>
    public static IReadOnlyList<ProcessorOption>? OptionsOf(PluginRegistry registry, string name) =>
        registry.Catalog.GetValueOrDefault(name) is { Unavailable: null } plugin ? plugin.Options ?? [] : null;

    private static PluginDocument Of(PluginStatus status, PluginDescription? description) => new()
    {
        Name = status.Name,
        Type = status.Type,
        Version = status.Version,
        State = Words.Of(status.State),
        Generation = status.Generation == 0 ? null : status.Generation,
        Location = status.Location ?? "",
        TreeHash = status.TreeHash,
        Error = status.State == GenerationState.Active ? null : status.Reason,
        Warnings = status.State == GenerationState.Active && status.Reason is { } reason ? [.. status.Warnings, reason] : status.Warnings,
        Refusal = status.Refusal,
        Shadowed = status.Shadowed,
        Leases = status.Leases,
        AbandonedCalls = status.Abandoned,
        StateSince = status.StateSince,
        LoadedAt = status.LoadedAt,
        Options = description?.Options?.Select(OptionDocument.Of).ToList(),
    };
}

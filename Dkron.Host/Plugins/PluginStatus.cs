namespace Dkron.Host.Plugins;

/// <summary>How one generation of a plugin, or a plugin that is not used, stands.</summary>
internal sealed record PluginStatus
{
    public required string Name { get; init; }

    public required string Type { get; init; }

    public required GenerationState State { get; init; }

    public string Version { get; init; } = "";

    /// <summary>Which load of the plugin it is, from 1; 0 when it was not loaded.</summary>
    public int Generation { get; init; }

    /// <summary>Where it was found; null when it is only known from an earlier run.</summary>
    public string? Location { get; init; }

    /// <summary>The hash of its files; null when they were not copied.</summary>
    public string? TreeHash { get; init; }

    /// <summary>Why it is not used; null when it is.</summary>
    public string? Reason { get; init; }

    /// <summary>Why what lies in its folder is not used though an earlier version is; null when that is not so.</summary>
    public string? Refusal { get; init; }

    /// <summary>Where plugins of the same name lie that are not used because this one wins.</summary>
    public IReadOnlyList<string> Shadowed { get; init; } = [];

    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How many chains and calls hold it.</summary>
    public int Leases { get; init; }

    /// <summary>Calls that did not end in their time and still run.</summary>
    public int Abandoned { get; init; }

    public DateTimeOffset? LoadedAt { get; init; }

    /// <summary>Since when it stands as it does; null when it was never loaded.</summary>
    public DateTimeOffset? StateSince { get; init; }
}

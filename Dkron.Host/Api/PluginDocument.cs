namespace Dkron.Host.Api;

/// <summary>A plugin as people and programs see it.</summary>
internal sealed record PluginDocument
{
    /// <summary>NAME in <c>dkron-TYPE-NAME</c>.</summary>
    public required string Name { get; init; }

    /// <summary>TYPE in <c>dkron-TYPE-NAME</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Empty when none is loaded.</summary>
    public required string Version { get; init; }

    /// <summary>Where it is in its life, such as <c>active</c> or <c>rejected</c>.</summary>
    public required string State { get; init; }

    /// <summary>The folder or the dll it comes from.</summary>
    public required string Location { get; init; }

    /// <summary>Why it is not used; null when it is.</summary>
    public required string? Error { get; init; }

    /// <summary>Why the build in its folder is not used though an earlier one is; null when that is not so.</summary>
    public string? Refusal { get; init; }

    /// <summary>What an operator should know though it works.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Counts the versions loaded since the start; null when none is.</summary>
    public int? Generation { get; init; }

    /// <summary>Null when none is loaded.</summary>
    public DateTimeOffset? LoadedAt { get; init; }

    /// <summary>Since when it is in its state; null when it was never loaded.</summary>
    public DateTimeOffset? StateSince { get; init; }

    /// <summary>How many executions hold it now.</summary>
    public int Leases { get; init; }

    /// <summary>Calls that did not end in their time and still run; they keep it from leaving memory.</summary>
    public int AbandonedCalls { get; init; }

    /// <summary>The SHA-256 of its files; null when they were not copied.</summary>
    public string? TreeHash { get; init; }

    /// <summary>Where plugins of the same name lie that are not used because this one wins.</summary>
    public IReadOnlyList<string> Shadowed { get; init; } = [];

    /// <summary>The options it declares; null when it declares none or is not loaded.</summary>
    public IReadOnlyList<OptionDocument>? Options { get; init; }
}

using Dkron.Abstractions;

namespace Dkron.Host.Plugins;

/// <summary>What is known of one processor plugin, available or not. Holds nothing of the plugin itself.</summary>
internal sealed record PluginDescription
{
    /// <summary>The name that jobs use.</summary>
    public required string Name { get; init; }

    /// <summary>Empty when it is not available.</summary>
    public string Version { get; init; } = "";

    /// <summary>Why it cannot be used though its name is known from a folder or an earlier run; null when it can.</summary>
    public string? Unavailable { get; init; }

    /// <summary>The options it declares; null when it declares none, and then takes any.</summary>
    public IReadOnlyList<ProcessorOption>? Options { get; init; }

    /// <summary>Whether it declares that it hands results to somebody else, so that its steps are tried again. Also of one that is not available now, when it is known.</summary>
    public bool IsDelivery { get; init; }

    /// <summary>Asks the plugin about a whole configuration; one sentence for each problem. The token ends waiting for it.</summary>
    public Func<ProcessorConfig, CancellationToken, IReadOnlyList<string>> Validate { get; init; } = static (_, _) => [];
}

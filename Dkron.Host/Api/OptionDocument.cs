using Dkron.Abstractions;

namespace Dkron.Host.Api;

/// <summary>One option that a processor takes.</summary>
internal sealed record OptionDocument
{
    public required string Name { get; init; }

    public required OptionType Type { get; init; }

    public required string Description { get; init; }

    public required bool Required { get; init; }

    public required string? Default { get; init; }

    /// <summary>The least value: of a duration in milliseconds, of a size in bytes; null for no limit.</summary>
    public long? Minimum { get; init; }

    /// <summary>The greatest value, in the same unit; null for no limit.</summary>
    public long? Maximum { get; init; }

    /// <summary>The only values; empty when any is allowed.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    public static OptionDocument Of(ProcessorOption option) => new()
    {
        Name = option.Name,
        Type = option.Type,
        Description = option.Description,
        Required = option.Required,
        Default = option.Default,
        Minimum = option.Minimum,
        Maximum = option.Maximum,
        Choices = option.Choices,
    };
}

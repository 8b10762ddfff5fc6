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

    public static OptionDocument Of(ProcessorOption option) => new()
    {
        Name = option.Name,
        Type = option.Type,
        Description = option.Description,
        Required = option.Required,
        Default = option.Default,
    };
}

namespace Dkron.Abstractions;

/// <summary>One option that a processor takes. Immutable.</summary>
/// <remarks>The host checks every step of every job against it: a missing, unknown or wrong option is refused before the job runs.</remarks>
public sealed record ProcessorOption
{
    /// <summary>The key in the configuration: lower-case letters, digits and <c>_</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What its value is.</summary>
    public required OptionType Type { get; init; }

    /// <summary>One sentence for an operator: what it does, and its unit.</summary>
    public required string Description { get; init; }

    /// <summary>Whether it must be given, by the job or the node. Default false.</summary>
    public bool Required { get; init; }

    /// <summary>What holds when it is not given, as text; null when nothing does or the description says it.</summary>
    public string? Default { get; init; }

    /// <summary>The least value of an <see cref="OptionType.Integer"/>, in milliseconds of a <see cref="OptionType.Duration"/>, in bytes of a <see cref="OptionType.Size"/>; null for no limit.</summary>
    public long? Minimum { get; init; }

    /// <summary>The greatest value, in the unit of <see cref="Minimum"/>; null for no limit.</summary>
    public long? Maximum { get; init; }

    /// <summary>The only values of an <see cref="OptionType.Text"/>, in any case; empty when any is allowed.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];
}

namespace Dkron.Host.Api;

/// <summary>What is known of the node itself.</summary>
internal sealed record NodeFacts
{
    public required string NodeName { get; init; }

    public required string DataDirectory { get; init; }

    public required IReadOnlyList<string> SettingsFiles { get; init; }

    /// <summary>Why the settings files as they stand are not what runs; empty when they are.</summary>
    public IReadOnlyList<string> SettingsProblems { get; init; } = [];

    public required RecordsDocument Records { get; init; }

    public ProcessingDocument Processing { get; init; } = new();

    /// <summary>When the agent started; null when none runs.</summary>
    public DateTimeOffset? StartedAt { get; init; }
}

namespace Dkron.Host.Api;

/// <summary>How the node is.</summary>
internal sealed record StatusDocument
{
    /// <summary>Whether an agent runs; without one, this is what its data directory and settings tell.</summary>
    public required bool Running { get; init; }

    public required string Version { get; init; }

    public required string NodeName { get; init; }

    /// <summary>Null when no agent runs.</summary>
    public int? Pid { get; init; }

    /// <summary>Null when no agent runs.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Null when no agent runs.</summary>
    public double? UptimeSeconds { get; init; }

    public required int Jobs { get; init; }

    public required int RunningExecutions { get; init; }

    /// <summary>How many plugins can be used.</summary>
    public required int Plugins { get; init; }

    /// <summary>How many plugins are known and cannot be used.</summary>
    public required int UnavailablePlugins { get; init; }

    public required string DataDirectory { get; init; }

    public required string Socket { get; init; }

    public required IReadOnlyList<string> SettingsFiles { get; init; }

    /// <summary>Why the settings files as they stand are not what runs; empty when they are.</summary>
    public required IReadOnlyList<string> SettingsProblems { get; init; }

    public required RecordsDocument Records { get; init; }

    public ProcessingDocument Processing { get; init; } = new();
}

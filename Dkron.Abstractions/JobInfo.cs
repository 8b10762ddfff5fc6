namespace Dkron.Abstractions;

/// <summary>What a processor may know of a job. Immutable.</summary>
public sealed record JobInfo
{
    /// <summary>Lower-case letters, digits, <c>_</c> and <c>-</c>; at most 128 characters. Safe as part of a file name.</summary>
    public required string Name { get; init; }

    /// <summary>The name for people; equal to <see cref="Name"/> when the job has none.</summary>
    public required string DisplayName { get; init; }

    /// <summary>Who answers for the job; empty when nobody is named.</summary>
    public string Owner { get; init; } = "";

    /// <summary>The owner's mail address; empty when there is none.</summary>
    public string OwnerEmail { get; init; } = "";

    /// <summary>The schedule as it is written in the settings; empty for a job that only a parent starts.</summary>
    public string Schedule { get; init; } = "";

    /// <summary>The job's tags.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = EmptyMap;

    /// <summary>The job's metadata: whatever its author wrote for processors and people.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = EmptyMap;

    private static IReadOnlyDictionary<string, string> EmptyMap { get; } = new Dictionary<string, string>().AsReadOnly();
}

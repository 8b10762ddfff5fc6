using System.Text.Json.Serialization;

namespace Dkron.Host.Api;

/// <summary>A job as people and programs see it: Dkron's job document, and what a single node adds.</summary>
/// <remarks>Source of the names: dkron 4, dkron/job.go.</remarks>
internal sealed record JobDocument
{
    /// <summary>Equal to the name.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    [JsonPropertyName("displayname")]
    public required string DisplayName { get; init; }

    [JsonPropertyName("timezone")]
    public required string TimeZone { get; init; }

    public required string Schedule { get; init; }

    public required string Owner { get; init; }

    public required string OwnerEmail { get; init; }

    public required long SuccessCount { get; init; }

    public required long ErrorCount { get; init; }

    public required DateTimeOffset? LastSuccess { get; init; }

    public required DateTimeOffset? LastError { get; init; }

    public required bool Disabled { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required int Retries { get; init; }

    /// <summary>The waits between attempts, in the short form that settings take; empty for Dkron's own.</summary>
    public required string RetryBackoff { get; init; }

    /// <summary>What becomes of due times that were missed.</summary>
    public required string Misfire { get; init; }

    /// <summary>How late it may start, such as <c>5m</c>; null when it does not say.</summary>
    public required string? StartingDeadline { get; init; }

    public required IReadOnlyList<string> DependentJobs { get; init; }

    public required string ParentJob { get; init; }

    /// <summary>In the order in which they are called.</summary>
    [JsonConverter(typeof(StepListConverter))]
    public required IReadOnlyList<StepDocument> Processors { get; init; }

    public required string Concurrency { get; init; }

    public required string Executor { get; init; }

    public required IReadOnlyDictionary<string, string> ExecutorConfig { get; init; }

    /// <summary>How its last finished execution ended: <c>success</c> or <c>failed</c>; empty when there is none.</summary>
    public required string Status { get; init; }

    /// <summary>When it is due next; Dkron's zero time when it is not.</summary>
    public required DateTimeOffset Next { get; init; }

    public required bool Ephemeral { get; init; }

    public required DateTimeOffset? StartsAt { get; init; }

    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>How many of its executions run.</summary>
    public required int Running { get; init; }

    /// <summary>Why this node does not fire it, because its tags select other nodes; null when it does.</summary>
    public required string? NotSelected { get; init; }
}

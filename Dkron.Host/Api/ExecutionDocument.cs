using Dkron.Abstractions;

namespace Dkron.Host.Api;

/// <summary>An execution as people and programs see it: Dkron's execution document, and what Dkron does not tell.</summary>
/// <remarks>Source of the names: dkron 4, dkron/execution.go.</remarks>
internal sealed record ExecutionDocument
{
    public required string Id { get; init; }

    public required string JobName { get; init; }

    public required DateTimeOffset ScheduledAt { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Dkron's zero time while it runs.</summary>
    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>False also while it runs.</summary>
    public required bool Success { get; init; }

    public required ExecutionStatus Status { get; init; }

    public required int? ExitCode { get; init; }

    public required int? Signal { get; init; }

    public required string? Error { get; init; }

    public required ExecutionTrigger Trigger { get; init; }

    public required string NodeName { get; init; }

    public required long Group { get; init; }

    public required int Attempt { get; init; }

    /// <summary>Whether its processors have all been called, or there are none.</summary>
    public required bool Processed { get; init; }

    /// <summary>In the order of the calls.</summary>
    public required IReadOnlyList<OutcomeDocument> Processors { get; init; }

    /// <summary>The steps that wait for another try, and those that were given up.</summary>
    public IReadOnlyList<DeadLetterDocument> Undelivered { get; init; } = [];

    /// <summary>The output after the last processor, as text: UTF-8 with U+FFFD for what is not. Its end, when it is too long for this document.</summary>
    public required string Output { get; init; }

    /// <summary>Whether bytes are missing from <see cref="Output"/>, because of <c>max_output</c> or of this document's limit.</summary>
    public required bool OutputTruncated { get; init; }

    /// <summary>How many bytes are missing.</summary>
    public required long OutputOmittedBytes { get; init; }
}

using Dkron.Abstractions;

namespace Dkron.Host.Api;

/// <summary>What one processor did to one execution.</summary>
internal sealed record OutcomeDocument
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    public required OutcomeState State { get; init; }

    /// <summary>In milliseconds, to the microsecond.</summary>
    public required double DurationMs { get; init; }

    public required string? Error { get; init; }

    public required long BytesIn { get; init; }

    public required long BytesOut { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }
}

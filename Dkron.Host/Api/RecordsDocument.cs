namespace Dkron.Host.Api;

/// <summary>How the records are.</summary>
internal sealed record RecordsDocument
{
    public required string Path { get; init; }

    /// <summary>The size of the database with its log, in bytes; outputs that lie in files are not counted.</summary>
    public required long SizeBytes { get; init; }

    public required bool Healthy { get; init; }

    /// <summary>What is wrong; null when nothing is.</summary>
    public required string? Error { get; init; }
}

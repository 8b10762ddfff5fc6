namespace Dkron.Host.Api;

/// <summary>One thing that is wrong in the settings, and where.</summary>
internal sealed record ProblemDocument
{
    /// <summary>Whether it keeps the settings from being used; otherwise it is a warning.</summary>
    public required bool IsError { get; init; }

    /// <summary>The file, environment variable or argument; null when it is about all of them together.</summary>
    public string? Source { get; init; }

    /// <summary>The line in the file, from 1; null when there is none.</summary>
    public int? Line { get; init; }

    public string? Job { get; init; }

    public string? Key { get; init; }

    public string? Value { get; init; }

    /// <summary>What is wrong and what was expected.</summary>
    public required string Message { get; init; }

    public string? Suggestion { get; init; }

    /// <summary>All of it as one line.</summary>
    public required string Text { get; init; }
}

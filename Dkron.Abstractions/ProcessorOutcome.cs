namespace Dkron.Abstractions;

/// <summary>What one step did to one execution. Immutable.</summary>
public sealed record ProcessorOutcome
{
    /// <summary>The processor's name.</summary>
    public required string Name { get; init; }

    /// <summary>The version of the plugin that was called; empty when none was.</summary>
    public string Version { get; init; } = "";

    /// <summary>How it ended.</summary>
    public required OutcomeState State { get; init; }

    /// <summary>From the call to its end; zero when there was none.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Why it did not succeed, or why the chain ended here; null otherwise.</summary>
    public string? Error { get; init; }

    /// <summary>The length of the output that the step got, in bytes.</summary>
    public long BytesIn { get; init; }

    /// <summary>The length of the output after the step, in bytes.</summary>
    public long BytesOut { get; init; }

    /// <summary>What the processor noted about it with <see cref="ProcessorResult.WithTag"/>.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = NoTags;

    internal static IReadOnlyDictionary<string, string> NoTags { get; } = new Dictionary<string, string>().AsReadOnly();
}

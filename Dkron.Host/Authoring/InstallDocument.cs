namespace Dkron.Host.Authoring;

/// <summary>What became of a plugin that was installed or removed.</summary>
internal sealed record InstallDocument
{
    public required string Name { get; init; }

    /// <summary>Where it lies now, or lay.</summary>
    public required string Location { get; init; }

    /// <summary>Empty when it was removed.</summary>
    public string Version { get; init; } = "";

    /// <summary>Whether another build lay there before.</summary>
    public bool Replaced { get; init; }

    /// <summary>What a running agent says to it, such as <c>active</c>; null when none runs.</summary>
    public string? State { get; init; }

    /// <summary>Why the agent refuses it; null when it does not.</summary>
    public string? Error { get; init; }
}

using Dkron.Host.Api;

namespace Dkron.Host.Authoring;

/// <summary>What a host would make of a plugin's folder.</summary>
internal sealed record CheckDocument
{
    /// <summary>The folder, or the dropped-in dll.</summary>
    public required string Location { get; init; }

    /// <summary>Whether a host would use it.</summary>
    public required bool Good { get; init; }

    /// <summary>Why a host would refuse it; null when it would not.</summary>
    public required string? Error { get; init; }

    /// <summary>NAME in <c>dkron-TYPE-NAME</c>; empty when it has none.</summary>
    public string Name { get; init; } = "";

    /// <summary>TYPE in <c>dkron-TYPE-NAME</c>; empty when it has none.</summary>
    public string Type { get; init; } = "";

    /// <summary>Empty when it was refused before that was known.</summary>
    public string Version { get; init; } = "";

    /// <summary>The SHA-256 of its files, for <c>Dkron:Plugins:Allow</c>; null when they could not be read.</summary>
    public string? TreeHash { get; init; }

    /// <summary>Whether it left memory when it was unloaded again; null when it was never loaded.</summary>
    public bool? LeavesMemory { get; init; }

    /// <summary>What its author or an operator should know though it can be used.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What it wrote to its log while it was started and tested.</summary>
    public IReadOnlyList<string> Log { get; init; } = [];

    /// <summary>The options it declares; null when it declares none or was refused.</summary>
    public IReadOnlyList<OptionDocument>? Options { get; init; }
}

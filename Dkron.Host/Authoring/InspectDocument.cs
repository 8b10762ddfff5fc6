using Dkron.Host.Api;

namespace Dkron.Host.Authoring;

/// <summary>What a plugin's files tell without running any of them.</summary>
internal sealed record InspectDocument
{
    public required string Location { get; init; }

    /// <summary>NAME in <c>dkron-TYPE-NAME</c>.</summary>
    public required string Name { get; init; }

    /// <summary>TYPE in <c>dkron-TYPE-NAME</c>.</summary>
    public required string Type { get; init; }

    public required string Version { get; init; }

    /// <summary>The contract that it was built against, such as <c>1.1</c>; only the major version when it does not say.</summary>
    public required string Contract { get; init; }

    /// <summary>Such as <c>.NETCoreApp,Version=v10.0</c>.</summary>
    public required string TargetFramework { get; init; }

    /// <summary>Whether it hands results to somebody else, so that calls that did not work are tried again.</summary>
    public required bool Delivery { get; init; }

    /// <summary>The SHA-256 of its files, for <c>Dkron:Plugins:Allow</c>.</summary>
    public required string TreeHash { get; init; }

    public required int Files { get; init; }

    public required long Bytes { get; init; }

    public required IReadOnlyList<ReferenceDocument> References { get; init; }

    /// <summary>What is known to keep a replaced version in memory.</summary>
    public required IReadOnlyList<string> UnloadRisks { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Why a host would refuse it, as far as files tell; null when they tell of nothing.</summary>
    public required string? Error { get; init; }

    /// <summary>The options it declares; null when it declares none, or when its code was not to be run.</summary>
    public IReadOnlyList<OptionDocument>? Options { get; init; }
}

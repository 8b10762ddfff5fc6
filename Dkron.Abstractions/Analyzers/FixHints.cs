using System.Collections.Immutable;

namespace Dkron.Abstractions.Analyzers;

/// <summary>What a rule has found out and its fix needs, handed over with the diagnostic.</summary>
internal static class FixHints
{
    /// <summary>The name of the token that is at hand.</summary>
    public const string Token = "token";

    /// <summary>The method or field that serves as the handler.</summary>
    public const string Handler = "handler";

    /// <summary>The method that ends what the field holds.</summary>
    public const string Ending = "ending";

    /// <summary>Why the host passes a class over.</summary>
    public const string Obstacle = "obstacle";

    public static ImmutableDictionary<string, string?> Of(string key, string value) => ImmutableDictionary<string, string?>.Empty.Add(key, value);
}

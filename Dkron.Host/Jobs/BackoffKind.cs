namespace Dkron.Host.Jobs;

/// <summary>How the wait before a further attempt grows.</summary>
internal enum BackoffKind
{
    /// <summary>As in Dkron: half a second more with each attempt, and with each doubling of the time that the attempt ran.</summary>
    Dkron,

    /// <summary>Always the same.</summary>
    Constant,

    /// <summary>By as much with each attempt.</summary>
    Linear,

    /// <summary>Twice as long with each attempt.</summary>
    Exponential,
}

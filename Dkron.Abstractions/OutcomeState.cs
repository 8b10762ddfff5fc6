namespace Dkron.Abstractions;

/// <summary>How a step ended.</summary>
public enum OutcomeState
{
    /// <summary>It worked.</summary>
    Succeeded,

    /// <summary>It worked and ended the chain, as the processor asked.</summary>
    Stopped,

    /// <summary>It was not called because its <c>when</c> did not hold or the chain had ended before.</summary>
    Skipped,

    /// <summary>The processor failed, threw, or returned nothing.</summary>
    Failed,

    /// <summary>The processor asked to be called again later.</summary>
    Retrying,

    /// <summary>The processor did not end in its time.</summary>
    TimedOut,

    /// <summary>No usable plugin of this name was there.</summary>
    Unavailable,
}

namespace Dkron.Host.Processing;

/// <summary>What a call says about the processor's health.</summary>
internal enum CallVerdict
{
    /// <summary>It returned a result, be it that it could not do its work.</summary>
    Worked,

    /// <summary>It threw, returned null or ran out of its time.</summary>
    Faulted,

    /// <summary>It did not end, and goes on without us.</summary>
    Abandoned,
}

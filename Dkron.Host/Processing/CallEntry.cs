namespace Dkron.Host.Processing;

/// <summary>Whether a processor may be called now.</summary>
internal enum CallEntry
{
    /// <summary>It may; <see cref="StepTarget.Exit"/> must follow.</summary>
    Open,

    /// <summary>Not before another call of it has ended.</summary>
    Full,

    /// <summary>No: the step gets an outcome that says why.</summary>
    Refused,
}

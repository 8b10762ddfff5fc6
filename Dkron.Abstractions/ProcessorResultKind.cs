namespace Dkron.Abstractions;

/// <summary>The kinds of <see cref="ProcessorResult"/>.</summary>
public enum ProcessorResultKind
{
    /// <summary>It worked; the output stays as it was.</summary>
    Unchanged,

    /// <summary>It worked; the output is replaced.</summary>
    Output,

    /// <summary>It worked; the chain ends here.</summary>
    Stop,

    /// <summary>It did not work yet; call again later.</summary>
    Retry,

    /// <summary>It did not work.</summary>
    Fail,
}

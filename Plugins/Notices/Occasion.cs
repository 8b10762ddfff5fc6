namespace Dkron.Processors.Notices;

/// <summary>When a notice is wanted.</summary>
[Flags]
internal enum Occasion
{
    None = 0,

    /// <summary>A firing failed for good: no further attempt follows.</summary>
    Failure = 1,

    /// <summary>The first success after a failure.</summary>
    Recovery = 2,

    /// <summary>Any success.</summary>
    Success = 4,

    /// <summary>The first failure after a success, and the first success after a failure.</summary>
    Change = 8,

    /// <summary>Everything, also attempts that failed and are made again.</summary>
    Always = 16,
}

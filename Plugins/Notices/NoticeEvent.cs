namespace Dkron.Processors.Notices;

/// <summary>What an execution is to those who want notices.</summary>
internal enum NoticeEvent
{
    Success,

    /// <summary>A success after a failure.</summary>
    Recovery,

    /// <summary>No further attempt follows.</summary>
    Failure,

    /// <summary>It failed, and a further attempt follows.</summary>
    Attempt,

    /// <summary>It was due but not run.</summary>
    Skipped,
}

namespace Dkron.Host.Execution;

/// <summary>Why a command ends.</summary>
internal enum EndReason
{
    /// <summary>By itself.</summary>
    Exited,

    /// <summary>Somebody asked for it.</summary>
    Stopped,

    /// <summary>Its time was up.</summary>
    TimedOut,
}

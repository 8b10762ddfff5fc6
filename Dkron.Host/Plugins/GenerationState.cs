namespace Dkron.Host.Plugins;

/// <summary>Where a generation stands in its life.</summary>
internal enum GenerationState
{
    /// <summary>Its snapshot is there.</summary>
    Staged,

    /// <summary>Its snapshot passed every check; none of its code has run.</summary>
    Verified,

    /// <summary>It is constructed, started and tested, but takes no calls yet.</summary>
    Loaded,

    /// <summary>New leases go to it.</summary>
    Active,

    /// <summary>No new leases go to it; those that were given out still hold it.</summary>
    Draining,

    /// <summary>Nobody uses it any more; it is disposed of and leaves memory.</summary>
    Unloading,

    /// <summary>It is verified to be gone from memory.</summary>
    Unloaded,

    /// <summary>It should have left memory but something holds it.</summary>
    Retained,

    /// <summary>It was refused and never took a call.</summary>
    Rejected,
}

namespace Dkron.Host.Jobs;

/// <summary>What happens with due times that were missed.</summary>
internal enum Misfire
{
    /// <summary>They are recorded as skipped.</summary>
    Skip,

    /// <summary>The job runs once for all of them.</summary>
    Once,

    /// <summary>The job runs for each, one after the other, up to a bound.</summary>
    All,
}

namespace Dkron.Host.Jobs;

/// <summary>What happens when a job is due while it runs.</summary>
internal enum Concurrency
{
    /// <summary>It runs once more beside the other.</summary>
    Allow,

    /// <summary>It is skipped, and the skip recorded.</summary>
    Forbid,

    /// <summary>The one that runs is ended, then the new one runs.</summary>
    Replace,
}

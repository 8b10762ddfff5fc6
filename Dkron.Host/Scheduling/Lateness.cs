using Dkron.Host.Jobs;

namespace Dkron.Host.Scheduling;

/// <summary>How late a firing may start: the one rule that the misfire policies, waiting for a place and a slow disk share.</summary>
internal static class Lateness
{
    /// <summary>A restart of the host or a busy moment does not make a firing missed.</summary>
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(30);

    /// <summary>Within this a firing is on time, and nothing was missed.</summary>
    public static TimeSpan OnTime(Job job) => job.StartingDeadline is { } deadline && deadline < Usual ? deadline : Usual;

    /// <summary>After this a firing does not start any more; null for never.</summary>
    public static TimeSpan? Deadline(Job job) => job.StartingDeadline ?? (job.Misfire == Misfire.Skip ? Usual : null);
}

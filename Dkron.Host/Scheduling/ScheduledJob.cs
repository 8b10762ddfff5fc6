using Dkron.Host.Jobs;

namespace Dkron.Host.Scheduling;

/// <summary>A job, and what is remembered of it from before.</summary>
/// <param name="Job">The job.</param>
/// <param name="Anchor">From when its <c>@every</c> counts: when the job was first seen.</param>
/// <param name="Since">From when its due times count; null for from now.</param>
/// <param name="LastDueAt">When it was last due and that was recorded; it is not due once more at or before that time.</param>
internal readonly record struct ScheduledJob(Job Job, DateTimeOffset Anchor, DateTimeOffset? Since = null, DateTimeOffset? LastDueAt = null);

using Dkron.Host.Jobs;

namespace Dkron.Host.Scheduling;

/// <summary>One due time of one job, or, when that is past its time, all that the job has missed since.</summary>
/// <param name="Job">The job as it is now.</param>
/// <param name="DueAt">When it was due.</param>
/// <param name="Backlog">Set when it is too late to count as on time.</param>
internal readonly record struct Firing(Job Job, DateTimeOffset DueAt, Backlog? Backlog = null);

using Dkron.Host.Jobs;

namespace Dkron.Host.Scheduling;

/// <summary>One due time of one job.</summary>
internal readonly record struct Firing(Job Job, DateTimeOffset DueAt);

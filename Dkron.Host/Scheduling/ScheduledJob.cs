using Dkron.Host.Jobs;

namespace Dkron.Host.Scheduling;

/// <summary>A job and the moment from which its <c>@every</c> counts: when the job was first seen.</summary>
internal readonly record struct ScheduledJob(Job Job, DateTimeOffset Anchor);

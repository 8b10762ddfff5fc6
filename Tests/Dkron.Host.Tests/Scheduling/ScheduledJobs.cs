using Dkron.Abstractions;
using Dkron.Host.Execution;
using Dkron.Host.Jobs;
using Dkron.Host.Scheduling;

namespace Dkron.Host.Tests.Scheduling;

/// <summary>Jobs that do nothing but be due.</summary>
internal static class ScheduledJobs
{
    private static readonly Command Nothing = new() { Arguments = ["/bin/true"] };

    public static Job Job(string name, string? schedule, string timeZone = "UTC")
    {
        JobName.TryParse(name, out var jobName, out _).Should().BeTrue();
        return new Job
        {
            Name = jobName!,
            Info = new JobInfo { Name = name, DisplayName = name },
            Command = Nothing,
            Schedule = schedule is null ? null : Times.Schedule(schedule, timeZone, name),
        };
    }

    public static ScheduledJob From(this Job job, string anchor) => new(job, Times.At(anchor));

    public static ScheduledJob Scheduled(string name, string? schedule, string anchor = "2026-03-01T00:00:00Z") => Job(name, schedule).From(anchor);

    /// <summary>All that is due by a moment, each taken at its time, as "name time".</summary>
    public static List<string> TakeAll(this DueTable table, string now)
    {
        var taken = new List<string>();
        while (table.FirstDue <= Times.At(now).UtcTicks && table.TryTake(table.FirstDue, out var firing))
        {
            taken.Add($"{firing.Job.Name} {firing.DueAt:HH:mm:ss}");
        }

        return taken;
    }

    public static void Put(this DueTable table, ScheduledJob job, string now) => table.Put(job, Times.At(now).UtcTicks);
}

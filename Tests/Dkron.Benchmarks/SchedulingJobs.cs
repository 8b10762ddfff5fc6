using System.Globalization;
using Dkron.Abstractions;
using Dkron.Host.Execution;
using Dkron.Host.Jobs;
using Dkron.Host.Scheduling;

namespace Dkron.Benchmarks;

/// <summary>Jobs as settings would bring them, with the schedules that people write.</summary>
internal static class SchedulingJobs
{
    private static readonly string[] Mix = ["0 {0} * * * *", "0 {0} {1} * * *", "@every {0}m", "0 {0} {1} * * 1-5", "{0} */5 * * * *", "0 ~ ~ * * *", "@daily", "0 {0} {1} 1 * *"];
    private static readonly string[] Zones = ["UTC", "Europe/Madrid", "America/New_York", "Asia/Tokyo"];
    private static readonly Command Nothing = new() { Arguments = ["/bin/true"] };

    /// <summary>The text of the i-th job's schedule, made anew each time as a settings reader does.</summary>
    public static string Text(int i) => string.Format(CultureInfo.InvariantCulture, Mix[i % Mix.Length], 1 + (i / 8 % 59), i / 480 % 24);

    public static string Zone(int i) => Zones[i % Zones.Length];

    public static Job Create(int i, string text, string zone)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"job-{i}");
        if (!JobName.TryParse(name, out var jobName, out var error) || !Schedule.TryParse(text, zone, name, out var schedule, out error))
        {
            throw new InvalidOperationException(error);
        }

        return new Job { Name = jobName, Info = new JobInfo { Name = name, DisplayName = name, Schedule = schedule.Text }, Command = Nothing, Schedule = schedule };
    }

    public static ScheduledJob[] Mixed(int count, DateTimeOffset anchor)
        => [.. Enumerable.Range(0, count).Select(i => new ScheduledJob(Create(i, Text(i), Zone(i)), anchor))];
}

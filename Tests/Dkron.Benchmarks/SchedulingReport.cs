using System.Diagnostics;
using System.Globalization;
using Dkron.Host.Jobs;
using Dkron.Host.Jobs.Settings;
using Dkron.Host.Plugins;
using Dkron.Host.Scheduling;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dkron.Benchmarks;

/// <summary>Scheduling under load, by the wall clock: memory, time to schedule, lateness, idle. Run with <c>--scheduling</c>.</summary>
internal static class SchedulingReport
{
    private static readonly TimeProvider Clock = TimeProvider.System;

    public static async Task RunAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            await Burst(30_000, 30_000); // until the code is compiled for good, which happens in the background
        }

        Console.WriteLine("| jobs | bytes/job in DueFirings | schedule texts read (s) | bytes/job of schedules | Set (s) | Set again, same jobs (s) | Set again, reread (s) |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var jobs in new[] { 10_000, 100_000, 1_000_000 })
        {
            Memory(jobs);
        }

        Console.WriteLine();
        Console.WriteLine("| jobs in a settings file | MB | file read (s) | checked (s) | Set (s) | from file to scheduled (s) | progress shown |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        Load(100_000);

        Console.WriteLine();
        Console.WriteLine("| due at once | of jobs | lateness p50 (ms) | p99 (ms) | last (ms) |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var (due, jobs) in new[] { (10_000, 10_000), (10_000, 1_000_000), (50_000, 50_000), (50_000, 1_000_000) })
        {
            Console.WriteLine(await Burst(due, jobs));
        }

        Console.WriteLine();
        Console.WriteLine("| a second | jobs | on the second or spread | lateness p50 (ms) | p99 (ms) | cores |");
        Console.WriteLine("|---|---|---|---|---|---|");
        Console.WriteLine(await Sustained(50_000, spread: false));
        Console.WriteLine(await Sustained(50_000, spread: true));

        Console.WriteLine();
        await Idle(1_000_000);
    }

    private static void Memory(int jobs)
    {
        var anchor = Clock.GetUtcNow();
        var bare = HeapBytes();
        var start = Stopwatch.GetTimestamp();
        var schedules = new Schedule[jobs];
        for (var i = 0; i < jobs; i++)
        {
            Schedule.TryParse(SchedulingJobs.Text(i), SchedulingJobs.Zone(i), Name(i), out schedules[i]!, out _);
        }

        var read = Stopwatch.GetElapsedTime(start);
        var scheduleBytes = HeapBytes() - bare - (8L * jobs);
        var set = SchedulingJobs.Mixed(jobs, anchor);
        var before = HeapBytes();
        var firings = new DueFirings(Clock, NullLogger<DueFirings>.Instance);
        start = Stopwatch.GetTimestamp();
        firings.Set(set);
        var first = Stopwatch.GetElapsedTime(start);
        var bytes = HeapBytes() - before;
        start = Stopwatch.GetTimestamp();
        firings.Set(set);
        var same = Stopwatch.GetElapsedTime(start);
        var reread = SchedulingJobs.Mixed(jobs, anchor);
        start = Stopwatch.GetTimestamp();
        firings.Set(reread);
        var again = Stopwatch.GetElapsedTime(start);
        GC.KeepAlive(schedules);
        GC.KeepAlive(set);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {jobs:N0} | {bytes / (double)jobs:F1} | {read.TotalSeconds:F3} | {scheduleBytes / (double)jobs:F1} | {first.TotalSeconds:F3} | {same.TotalSeconds:F3} | {again.TotalSeconds:F3} |"));
        GC.KeepAlive(firings);
    }

    /// <summary>The built way from a settings file to jobs that are due by themselves.</summary>
    private static void Load(int jobs)
    {
        var folder = Directory.CreateTempSubdirectory("dkron-load-");
        var file = Path.Combine(folder.FullName, "appsettings.json");
        using (var writer = File.CreateText(file))
        {
            writer.WriteLine("""{ "Jobs": {""");
            for (var i = 0; i < jobs; i++)
            {
                writer.WriteLine($$"""  "{{Name(i)}}": { "schedule": "{{SchedulingJobs.Text(i)}}", "timezone": "{{SchedulingJobs.Zone(i)}}", "command": "/bin/echo {{i}}", "owner": "ops", "retries": {{i % 3}} }{{(i == jobs - 1 ? "" : ",")}}""");
            }

            writer.WriteLine("} }");
        }

        var progress = new List<string>();
        var reader = new SettingsReader([new SettingsFile(file, Optional: false)], [], new System.Collections.Hashtable(), [], folder.FullName);
        Collect();
        var start = Stopwatch.GetTimestamp();
        var content = reader.ReadContent();
        var read = Stopwatch.GetElapsedTime(start);
        var result = SettingsCheck.Run(reader, content, new Dictionary<string, PluginDescription>(), (done, all) => progress.Add($"{done:N0}"), CancellationToken.None);
        var check = Stopwatch.GetElapsedTime(start) - read;
        var set = result.Jobs ?? throw new InvalidOperationException(result.Problems[0].ToString());
        var anchor = Clock.GetUtcNow();
        var firings = new DueFirings(Clock, NullLogger<DueFirings>.Instance);
        firings.Set([.. set.Jobs.Select(job => new ScheduledJob(job, anchor))]);
        var all = Stopwatch.GetElapsedTime(start);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {jobs:N0} | {new FileInfo(file).Length / 1e6:F1} | {read.TotalSeconds:F3} | {check.TotalSeconds:F3} | {(all - read - check).TotalSeconds:F3} | {all.TotalSeconds:F3} | {string.Join(", ", progress)} |"));
        folder.Delete(recursive: true);
    }

    /// <summary>So many jobs due in the same second, among others that are not.</summary>
    private static async Task<string> Burst(int due, int jobs)
    {
        var anchor = Clock.GetUtcNow();
        var at = new DateTimeOffset(anchor.Ticks - (anchor.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero).AddSeconds(jobs > 100_000 ? 8 : 3);
        var text = string.Create(CultureInfo.InvariantCulture, $"{at.Second} {at.Minute} {at.Hour} * * *");
        var firings = new DueFirings(Clock, NullLogger<DueFirings>.Instance);
        firings.Set([.. Enumerable.Range(0, jobs).Select(i => new ScheduledJob(i % (jobs / due) == 0 ? SchedulingJobs.Create(i, text, "UTC") : SchedulingJobs.Create(i, "0 0 0 29 2 *", "UTC"), anchor))]);
        Collect();

        var lateness = new List<double>(due);
        await foreach (var firing in firings.WaitAsync(CancellationToken.None))
        {
            lateness.Add((Clock.GetUtcNow() - firing.DueAt).TotalMilliseconds);
            if (lateness.Count == due)
            {
                break;
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"| {due:N0} | {jobs:N0} | {Percentile(lateness, 50)} | {Percentile(lateness, 99)} | {Percentile(lateness, 100)} |");
    }

    /// <summary>So many firings a second for ten seconds.</summary>
    private static async Task<string> Sustained(int aSecond, bool spread)
    {
        const int Seconds = 10;
        var anchor = Clock.GetUtcNow();
        var begin = new DateTimeOffset(anchor.Ticks - (anchor.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero).AddSeconds(spread ? 12 : 3);
        var firings = new DueFirings(Clock, NullLogger<DueFirings>.Instance);
        firings.Set(spread
            ? [.. Enumerable.Range(0, aSecond * Seconds).Select(i => new ScheduledJob(SchedulingJobs.Create(i, Spread(begin, i, aSecond), "UTC"), anchor))]
            : [.. Enumerable.Range(0, aSecond).Select(i => new ScheduledJob(SchedulingJobs.Create(i, "* * * * * *", "UTC"), anchor))]);
        Collect();

        var lateness = new List<double>(aSecond * Seconds);
        var cpu = TimeSpan.Zero;
        await foreach (var firing in firings.WaitAsync(CancellationToken.None))
        {
            if (firing.DueAt < begin)
            {
                continue;
            }

            cpu = lateness.Count == 0 ? Cpu() : cpu;
            lateness.Add((Clock.GetUtcNow() - firing.DueAt).TotalMilliseconds);
            if (lateness.Count == aSecond * Seconds)
            {
                break;
            }
        }

        var cores = (Cpu() - cpu).TotalSeconds / (Seconds - (spread ? 0 : 1));
        return string.Create(CultureInfo.InvariantCulture, $"| {aSecond:N0} | {(spread ? aSecond * Seconds : aSecond):N0} | {(spread ? "spread" : "on the second")} | {Percentile(lateness, 50)} | {Percentile(lateness, 99)} | {cores:F2} |");
    }

    private static string Spread(DateTimeOffset begin, int i, int aSecond)
        => "@at " + begin.AddTicks(i * TimeSpan.TicksPerSecond / aSecond).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffffK", CultureInfo.InvariantCulture);

    private static async Task Idle(int jobs)
    {
        var anchor = Clock.GetUtcNow();
        var firings = new DueFirings(Clock, NullLogger<DueFirings>.Instance);
        firings.Set([.. Enumerable.Range(0, jobs).Select(i => new ScheduledJob(SchedulingJobs.Create(i, "0 0 0 29 2 *", "UTC"), anchor))]);
        Collect();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(11), Clock);
        await using var reader = firings.WaitAsync(stop.Token).GetAsyncEnumerator(CancellationToken.None);
        var waiting = reader.MoveNextAsync().AsTask();
        await Task.Delay(TimeSpan.FromSeconds(1), Clock);
        var (cpu, start) = (Cpu(), Stopwatch.GetTimestamp());
        await waiting.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        var share = (Cpu() - cpu) / Stopwatch.GetElapsedTime(start);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"idle with {jobs:N0} jobs that are not due: {share:P2} of a core"));
    }

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"job-{i}");

    private static TimeSpan Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    private static long HeapBytes()
    {
        Collect();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);

    private static string Percentile(List<double> values, int percent)
        => values.Order().ElementAt(Math.Min(values.Count - 1, values.Count * percent / 100)).ToString("F2", CultureInfo.InvariantCulture);
}

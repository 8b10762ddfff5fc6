using System.Diagnostics;
using System.Globalization;

namespace Dkron.Benchmarks;

/// <summary>The same work for all schedulers in one run.</summary>
internal static class SchedulingPeersReport
{
    private static readonly Func<ISchedulingPeer>[] Peers = [() => new SchedulingPeerDkron(), () => new SchedulingPeerQueue(), () => new SchedulingPeerQuartz(), () => new SchedulingPeerHangfire()];
    private static readonly int[] Rates = [500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000];

    /// <summary>In milliseconds.</summary>
    private const double MaxLateness = 100;

    public static async Task RunAsync()
    {
        Console.WriteLine("| scheduler | jobs | bytes/job, with what the job says | made in (s) | scheduled in (s) |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var make in Peers)
        {
            foreach (var jobs in new[] { 10_000, 100_000, 1_000_000 })
            {
                await MemoryAsync(make, jobs);
            }
        }

        Console.WriteLine();
        Console.WriteLine("| scheduler | due in the same second | lateness p50 (ms) | p99 (ms) |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var make in Peers)
        {
            var (lateness, _, name) = await FireAsync(make, 10_000, seconds: 1, spread: false);
            Console.WriteLine($"| {name} | 10,000 | {lateness.Text(50)} | {lateness.Text(99)} |");
        }

        Console.WriteLine();
        Console.WriteLine("| scheduler | due | highest rate held for 10 s with p99 below 100 ms (a second) | p50 (ms) | p99 (ms) | cores |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var make in Peers)
        {
            await HighestAsync(make, spread: false);
            await HighestAsync(make, spread: true);
        }
    }

    private static async Task MemoryAsync(Func<ISchedulingPeer> make, int jobs)
    {
        await using var peer = make();
        if (jobs > peer.MaxJobs)
        {
            return;
        }

        await peer.ScheduleDailyAsync(0);
        var before = HeapBytes();
        var start = Stopwatch.GetTimestamp();
        peer.MakeDaily(jobs);
        var made = Stopwatch.GetElapsedTime(start);
        start = Stopwatch.GetTimestamp();
        await peer.ScheduleDailyAsync(jobs);
        var took = Stopwatch.GetElapsedTime(start);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {peer.Name} | {jobs:N0} | {(HeapBytes() - before) / (double)jobs:F0} | {made.TotalSeconds:F2} | {took.TotalSeconds:F2} |"));
    }

    private static async Task HighestAsync(Func<ISchedulingPeer> make, bool spread)
    {
        const int Seconds = 10;
        var best = "none held | | | |";
        var name = "";
        foreach (var rate in Rates)
        {
            (var lateness, var cores, name) = await FireAsync(make, rate, Seconds, spread);
            if (lateness.Percentile(99) >= MaxLateness)
            {
                // Once more: the machine may have been busy with something else.
                (lateness, cores, name) = await FireAsync(make, rate, Seconds, spread);
            }

            if (lateness.Percentile(99) >= MaxLateness)
            {
                break;
            }

            best = string.Create(CultureInfo.InvariantCulture, $"{rate:N0} | {lateness.Text(50)} | {lateness.Text(99)} | {cores:F2} |");
        }

        Console.WriteLine($"| {name} | {(spread ? "spread" : "on the second")} | {best}");
    }

    /// <summary>So many firings a second for so many seconds.</summary>
    private static async Task<(SchedulingLateness Lateness, double Cores, string Name)> FireAsync(Func<ISchedulingPeer> make, int rate, int seconds, bool spread)
    {
        await using var peer = make();
        var lateness = new SchedulingLateness(rate * seconds);
        var now = TimeProvider.System.GetUtcNow();
        var begin = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero).AddSeconds(Math.Ceiling(4 + (rate * seconds * peer.MicrosecondsToSchedule / 1e6)));
        await peer.ScheduleOnceAsync([.. Enumerable.Range(0, rate * seconds).Select(i => begin.AddTicks(spread ? i * TimeSpan.TicksPerSecond / rate : i / rate * TimeSpan.TicksPerSecond))], lateness);
        _ = HeapBytes();
        await peer.StartAsync();
        var early = begin - TimeProvider.System.GetUtcNow();
        if (early > TimeSpan.Zero)
        {
            await Task.Delay(early, TimeProvider.System);
        }

        var cpu = Cpu();
        await Task.WhenAny(lateness.Done, Task.Delay(TimeSpan.FromSeconds(seconds + 30), TimeProvider.System));
        return (lateness, (Cpu() - cpu).TotalSeconds / seconds, peer.Name);
    }

    private static TimeSpan Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    private static long HeapBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}

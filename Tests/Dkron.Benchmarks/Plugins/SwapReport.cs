using Dkron.Host.Plugins;
using Dkron.Host.Tests.Plugins;

namespace Dkron.Benchmarks.Plugins;

/// <summary>Swaps under full load: what fails, what stays in memory, and what callers feel. Run with <c>--plugins-swaps [N]</c>.</summary>
internal static class SwapReport
{
    private const int Threads = 8;
    private const int FirstSwaps = 200;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SwapEvery = TimeSpan.FromMilliseconds(50);

    public static async Task RunAsync(int swaps)
    {
        // With the default time a build would have to be quiet for longer than the next one is away.
        await using var bench = new PluginBench(new PluginOptions { SettleTime = TimeSpan.FromMilliseconds(10) });
        var plugin = new LazyPlugin(bench.Root, bench.Folder);
        plugin.Lay(0);
        await bench.WatchAsync();
        var context = PluginBench.Context();
        var callers = new Callers(isSlow => LazyPlugin.Ask(bench.Registry, context, isSlow), Threads);
        await SwapAsync(bench, plugin, callers, swaps);
        await PaceAsync(bench, plugin, callers);
        callers.Stop();
        foreach (var wrong in callers.Wrong.Take(3))
        {
            Console.WriteLine(wrong);
        }

        Peer(bench.Root, context);
    }

    private static async Task SwapAsync(PluginBench bench, LazyPlugin plugin, Callers callers, int swaps)
    {
        Print.Head($"{swaps} swaps, {Threads} callers at full load", "swaps", "ms a swap", "calls", "failed or mixed", "not unloaded", "resident MB", "managed MB");
        var began = TimeProvider.System.GetTimestamp();
        var residentBefore = 0.0;
        for (var swap = 1; swap <= swaps; swap++)
        {
            plugin.Lay(swap);
            await bench.Registry.ReloadAsync(LazyPlugin.Name, CancellationToken.None);
            if (swap % FirstSwaps != 0 && swap != swaps)
            {
                continue;
            }

            var each = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds / swap;
            await UnloadedAsync(bench);
            var (resident, managed) = Print.Memory();
            residentBefore = swap == FirstSwaps ? resident : residentBefore;
            Print.Line($"| {swap} | {each:0.0} | {callers.Calls:N0} | {callers.Wrong.Count} | {bench.Registry.Statuses.Count - 1} | {resident:0.0} ({resident - residentBefore:+0.0;-0.0;0.0}) | {managed:0.00} |");
        }
    }

    /// <summary>Waits until every old version is gone, but no longer than ten seconds.</summary>
    private static async Task UnloadedAsync(PluginBench bench)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (bench.Registry.Statuses.Count > 1 && TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(10))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private static async Task PaceAsync(PluginBench bench, LazyPlugin plugin, Callers callers)
    {
        var (without, with) = (new LatencyCounts(), new LatencyCounts());
        var swaps = 0;
        for (var round = 0; round < 3; round++)
        {
            callers.StartOver();
            await Task.Delay(Window, TimeProvider.System);
            without.Add(callers.Latencies);
            callers.StartOver();
            swaps += await SwapFor(bench, plugin);
            with.Add(callers.Latencies);
        }

        Print.Head($"Callers' latency at full load, {swaps} swaps in {3 * Window.TotalSeconds:0} s ({3 * Window.TotalMilliseconds / Math.Max(1, swaps):0} ms apart; {SwapEvery.TotalMilliseconds:0} wanted)", "quantile", "without (µs)", "with swaps (µs)", "ratio");
        foreach (var (name, share) in new[] { ("p99", 0.99), ("p99.9", 0.999), ("p99.99", 0.9999), ("max", 1) })
        {
            var (a, b) = (without.Quantile(share).TotalMicroseconds, with.Quantile(share).TotalMicroseconds);
            Print.Line($"| {name} | {a:0.0} | {b:0.0} | {b / a:0.00} |");
        }
    }

    private static async Task<int> SwapFor(PluginBench bench, LazyPlugin plugin)
    {
        var began = TimeProvider.System.GetTimestamp();
        var swaps = 0;
        while (TimeProvider.System.GetElapsedTime(began) is var elapsed && elapsed < Window)
        {
            plugin.Lay(++swaps);
            await bench.Registry.ReloadAsync(LazyPlugin.Name, CancellationToken.None);
            var left = (elapsed + SwapEvery) - TimeProvider.System.GetElapsedTime(began);
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(left, TimeProvider.System);
            }
        }

        return swaps;
    }

    private static void Peer(string root, Abstractions.ProcessorContext context)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, "peer")).FullName;
        var plugin = new LazyPlugin(Directory.CreateDirectory(Path.Combine(root, "peer-builds")).FullName, folder);
        plugin.Lay(0);
        using var peer = new HotReload(plugin.Assembly);
        var callers = new Callers(isSlow => LazyPlugin.Ask(peer.Current, context, isSlow), Threads);
        var began = TimeProvider.System.GetTimestamp();
        const int Swaps = 20;
        for (var swap = 1; swap <= Swaps; swap++)
        {
            // It takes no notice of a folder that is renamed into place, only of files that are written over.
            plugin.Overwrite(swap);
            Thread.CurrentThread.Join(TimeSpan.FromMilliseconds(600));
        }

        callers.Stop();
        Print.Head("McMaster's own hot reload, the same callers", "writes", "s", "calls", "failed or mixed", "p99.99 (µs)");
        var all = new LatencyCounts();
        all.Add(callers.Latencies);
        Print.Line($"| {Swaps} | {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} | {callers.Calls:N0} | {callers.Wrong.Count} | {all.Quantile(0.9999).TotalMicroseconds:0.0} |");
        foreach (var wrong in callers.Wrong.Select(wrong => wrong.Split('\n')[0]).Distinct().Take(3))
        {
            Print.Line($"e.g. {wrong}");
        }
    }
}

namespace Dkron.Benchmarks.Plugins;

/// <summary>A folder with many plugins of three files each: the start, one more among them, and doing nothing. Run with <c>--plugins-many [N]</c>.</summary>
internal static class ManyPluginsReport
{
    private const int Added = 20;
    private const int IdleWindows = 6;
    private static readonly TimeSpan IdleWindow = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(int plugins)
    {
        Print.Head("A plugin dropped into a folder (ms to live)", "plugins there", "p50", "longest", "start (s)", "CPU each (ms)", "live", "idle (% of one core)");
        await MeasureAsync(0);
        await MeasureAsync(plugins);
    }

    private static async Task MeasureAsync(int plugins)
    {
        await using var bench = new PluginBench();
        for (var i = 0; i < plugins; i++)
        {
            var folder = Path.GetDirectoryName(bench.Add($"many{i}", PluginBench.Image($"many{i}", "many")))!;
            await File.WriteAllTextAsync(Path.Combine(folder, "a.txt"), "a");
            await File.WriteAllTextAsync(Path.Combine(folder, "b.txt"), "b");
        }

        var images = Enumerable.Range(0, Added).Select(i => PluginBench.Image($"late{i}", "late")).ToList();
        var (began, cpu) = (TimeProvider.System.GetTimestamp(), Print.Cpu());
        await bench.WatchAsync();
        var start = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        var each = (Print.Cpu() - cpu).TotalMilliseconds / Math.Max(1, plugins);
        var live = bench.Registry.Catalog.Values.Count(plugin => plugin.Unavailable is null);
        var idle = await IdleAsync();
        var late = images.Select((image, i) =>
        {
            bench.Add($"late{i}", image);
            return bench.Await($"late{i}", "late").TotalMilliseconds;
        }).ToList();
        Print.Line($"| {plugins} | {Print.Quantile(late, 0.5):0} | {late.Max():0} | {start:0.0} | {each:0.0} | {live} | {100 * idle:0.00} |");
    }

    /// <summary>The quietest of some windows: in the first ones the runtime still compiles again, in the background, what has run so far.</summary>
    private static async Task<double> IdleAsync()
    {
        var shares = new List<double>();
        for (var i = 0; i < IdleWindows; i++)
        {
            var (began, cpu) = (TimeProvider.System.GetTimestamp(), Print.Cpu());
            await Task.Delay(IdleWindow, TimeProvider.System);
            shares.Add((Print.Cpu() - cpu) / TimeProvider.System.GetElapsedTime(began));
        }

        return shares.Min();
    }
}

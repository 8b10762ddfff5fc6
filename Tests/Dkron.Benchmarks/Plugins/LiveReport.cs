using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Text;
using Dkron.Abstractions;
using Dkron.Host.Plugins;

namespace Dkron.Benchmarks.Plugins;

/// <summary>From the last write to live, what a load costs, and what a live plugin weighs; beside McMaster's own hot reload. Run with <c>--plugins</c>.</summary>
internal static class LiveReport
{
    private const string Name = "timed";
    private static readonly byte[][] Images = [PluginBench.Image(Name, "0"), PluginBench.Image(Name, "1")];

    public static async Task RunAsync()
    {
        Print.Head("From the last write to live (ms)", "noticed by", "n", "p50", "p99", "longest");
        Row("event, default settings", await ByEventAsync(60));
        Row("poll every 2 s, events missed", await ByPollAsync(20));
        Row("reading every 5 s, nothing else shows it (default 10 min)", await ByHashAsync(5));
        Row("McMaster's hot reload, dll written over", await PeerAsync(60));
        Console.WriteLine("McMaster's hot reload sees no rename over, no folder swap, no deps.json, no satellite.");
        Print.Head("What a load costs (ms), and what a live plugin weighs", "loader", "n", "p50", "p99", "KB resident each");
        await OwnLoadsAsync(100);
        PeerLoads(100);
    }

    private static async Task<List<double>> ByEventAsync(int count)
    {
        await using var bench = new PluginBench();
        var path = bench.Add(Name, Images[0]);
        await bench.WatchAsync();
        return [.. Enumerable.Range(1, count).Select(i =>
        {
            File.WriteAllBytes(path, Images[i % 2]);
            return bench.Await(Name, Text(i)).TotalMilliseconds;
        })];
    }

    private static async Task<List<double>> ByPollAsync(int count)
    {
        // What lies behind a link gives no events.
        await using var bench = new PluginBench();
        var path = bench.Add(Name, Images[0], Directory.CreateDirectory(Path.Combine(bench.Root, "elsewhere")).FullName);
        Directory.CreateSymbolicLink(Path.Combine(bench.Folder, $"dkron-processor-{Name}"), Path.GetDirectoryName(path)!);
        await bench.WatchAsync();
        var found = new List<double>();
        for (var i = 1; i <= count; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2100 * i / count), TimeProvider.System);
            await File.WriteAllBytesAsync(path, Images[i % 2]);
            found.Add(bench.Await(Name, Text(i)).TotalMilliseconds);
        }

        return found;
    }

    private static async Task<List<double>> ByHashAsync(int count)
    {
        // In memory, a second write to a page through the same mapping leaves size, times and inode alone, and gives no event.
        var shared = Directory.CreateDirectory($"/dev/shm/dkron-bench-{Environment.ProcessId}").FullName;
        await using var bench = new PluginBench(new PluginOptions { HashInterval = TimeSpan.FromSeconds(5) });
        var path = bench.Add(Name, Images[0], shared);
        Directory.CreateSymbolicLink(Path.Combine(bench.Folder, $"dkron-processor-{Name}"), Path.GetDirectoryName(path)!);
        var found = new List<double>();
        using (var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, Images[0].Length))
        {
            using var view = file.CreateViewAccessor();
            view.WriteArray(0, Images[0], 0, Images[0].Length);
            await bench.WatchAsync();
            for (var i = 1; i <= count; i++)
            {
                view.WriteArray(0, Images[i % 2], 0, Images[0].Length);
                found.Add(bench.Await(Name, Text(i)).TotalMilliseconds);
            }
        }

        Directory.Delete(shared, recursive: true);
        return found;
    }

    private static async Task<List<double>> PeerAsync(int count)
    {
        await using var bench = new PluginBench();
        var path = bench.Add(Name, Images[0]);
        using var peer = new HotReload(path);
        return [.. Enumerable.Range(1, count).Select(i =>
        {
            File.WriteAllBytes(path, Images[i % 2]);
            var written = TimeProvider.System.GetTimestamp();
            while (Answer(peer.Current) != Text(i) && TimeProvider.System.GetElapsedTime(written) < TimeSpan.FromSeconds(5))
            {
                Thread.CurrentThread.Join(TimeSpan.FromMilliseconds(1));
            }

            return TimeProvider.System.GetElapsedTime(written).TotalMilliseconds;
        })];
    }

    private static async Task OwnLoadsAsync(int count)
    {
        var (before, _) = Print.Memory();
        await using var bench = new PluginBench();
        await bench.WatchAsync();
        var took = new List<double>();
        for (var i = 0; i < count; i++)
        {
            bench.Add($"many{i}", PluginBench.Image($"many{i}", "live"));
            var began = TimeProvider.System.GetTimestamp();
            await bench.Registry.ReloadAsync($"many{i}", CancellationToken.None);
            took.Add(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
            bench.Await($"many{i}", "live");
        }

        Load("dkron: copied, hashed, checked, loaded, swapped in", took, Print.Memory().Resident - before);
    }

    private static void PeerLoads(int count)
    {
        var root = Directory.CreateTempSubdirectory("dkron-bench-").FullName;
        var paths = Enumerable.Range(0, count).Select(i =>
        {
            var folder = Directory.CreateDirectory(Path.Combine(root, $"{i}")).FullName;
            File.WriteAllBytes(Path.Combine(folder, $"dkron-processor-peer{i}.dll"), PluginBench.Image($"peer{i}", "live"));
            return Path.Combine(folder, $"dkron-processor-peer{i}.dll");
        }).ToList();
        var (before, _) = Print.Memory();
        var peers = new List<HotReload>();
        var took = paths.ConvertAll(path =>
        {
            var began = TimeProvider.System.GetTimestamp();
            peers.Add(new HotReload(path));
            var elapsed = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
            Answer(peers[^1].Current);
            return elapsed;
        });
        Load("McMaster's hot reload: watched and loaded into memory", took, Print.Memory().Resident - before);
        peers.ForEach(peer => peer.Dispose());
        Directory.Delete(root, recursive: true);
    }

    private static string Answer(IExecutionProcessor processor)
    {
        var call = processor.ProcessAsync(PluginBench.Context(), CancellationToken.None);
#pragma warning disable VSTHRD002 // It has ended.
        return call.IsCompleted ? Encoding.UTF8.GetString(call.GetAwaiter().GetResult().Output.Span) : "";
#pragma warning restore VSTHRD002
    }

    private static string Text(int i) => (i % 2).ToString(CultureInfo.InvariantCulture);

    private static void Row(string what, List<double> values) =>
        Print.Line($"| {what} | {values.Count} | {Print.Quantile(values, 0.5):0} | {Print.Quantile(values, 0.99):0} | {values.Max():0} |");

    private static void Load(string what, List<double> values, double residentMegabytes) =>
        Print.Line($"| {what} | {values.Count} | {Print.Quantile(values, 0.5):0.0} | {Print.Quantile(values, 0.99):0.0} | {residentMegabytes * 1024 / values.Count:0} |");
}

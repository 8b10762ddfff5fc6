using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

/// <summary>The process of <see cref="UnloadCorpusTests"/>: replaces each plugin of the corpus and writes which of them stay in memory.</summary>
/// <remarks>A process of its own, since what stays goes on: it would listen to, replace and hold things of other tests.</remarks>
internal static class UnloadCorpusProcess
{
    public const string Verb = "unload-corpus";

    public static async Task<int> RunAsync()
    {
        // One of the plugins replaces it.
        var output = Console.Out;
        using var longLived = new CancellationTokenSource();
        AppDomain.CurrentDomain.SetData(UnloadCorpus.LongLivedToken, longLived.Token);
        await using var bench = new PluginWorkbench(PluginWorkbench.Quick);
        await CallAllAsync(bench);

        for (var i = 0; i < UnloadCorpus.Rows.Count; i++)
        {
            bench.AddGood($"row{i}");
        }

        await bench.Registry.ReloadAsync(null, CancellationToken.None);
        await Until.TrueAsync(() => Enumerable.Range(0, UnloadCorpus.Rows.Count).All(i => Old(bench, i) is null or GenerationState.Retained));

        // On a busy machine a version can be called retained before the collector came to it: what leaves memory with time has left it.
        Memory.Collect();
        foreach (var row in UnloadCorpus.Rows.Where((_, i) => Old(bench, i) is not (null or GenerationState.Unloaded)))
        {
            await output.WriteLineAsync(row.What);
        }

        return 0;
    }

    private static async Task CallAllAsync(PluginWorkbench bench)
    {
        for (var i = 0; i < UnloadCorpus.Rows.Count; i++)
        {
            Lay(bench, i);
        }

        await bench.WatchAsync();
        bench.Log.Errors.Should().BeEmpty();
        for (var i = 0; i < UnloadCorpus.Rows.Count; i++)
        {
            (await bench.CallAsync($"row{i}")).Should().Be("done", UnloadCorpus.Rows[i].What);
        }
    }

    private static void Lay(PluginWorkbench bench, int i)
    {
        var row = UnloadCorpus.Rows[i];
        var references = row.Libraries.Where(library => library.EndsWith(".dll", StringComparison.Ordinal)).Select(File.ReadAllBytes).ToArray();
        var folder = bench.AddImage($"row{i}", PluginCompiler.Compile($"dkron-processor-row{i}", UnloadCorpus.Source(row), references: references));
        foreach (var library in row.Libraries)
        {
            File.Copy(library, Path.Combine(folder, Path.GetFileName(library)));
        }
    }

    private static GenerationState? Old(PluginWorkbench bench, int i) => bench.Registry.Statuses.FirstOrDefault(status => status.Name == $"row{i}" && status.Generation == 1)?.State;
}

using System.Collections.Concurrent;
using System.Globalization;
using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

public sealed class SwapUnderLoadTests : IAsyncDisposable
{
    private const string Name = "loaded";

    /// <summary>1000 is the long form.</summary>
    private static readonly int Swaps = int.Parse(Environment.GetEnvironmentVariable("DKRON_TEST_SWAPS") ?? "40", CultureInfo.InvariantCulture);

    private readonly PluginWorkbench _bench = new(PluginWorkbench.Quick);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Swaps_under_load_fail_no_call_mix_no_versions_and_leave_nothing_in_memory()
    {
        string[] stages = [Stage("a"), Stage("b")];
        Lay(stages[0]);
        await _bench.WatchAsync();
        using var stop = new CancellationTokenSource();
        var wrong = new ConcurrentQueue<string>();
        var calls = new long[8];
        var callers = Enumerable.Range(0, 8).Select(i => Task.Run(() => CallAsync(i, calls, wrong, stop.Token))).ToList();

        for (var swap = 1; swap <= Swaps; swap++)
        {
            Lay(stages[swap % 2]);
            await _bench.Registry.ReloadAsync(Name, TestContext.Current.CancellationToken);
        }

        await stop.CancelAsync();
        await Task.WhenAll(callers);
        wrong.Should().BeEmpty();
        calls.Sum().Should().BeGreaterThan(Swaps);
        _bench.Status(Name, GenerationState.Active).Generation.Should().Be(Swaps + 1);
        await Until.TrueAsync(() => _bench.Registry.Statuses.Count == 1);
        await Until.TrueAsync(() => _bench.Log.Entries.Count(entry => entry.Message.Contains("has left memory")) == Swaps);
        TestContext.Current.SendDiagnosticMessage($"{Swaps} swaps, {calls.Sum()} calls");
    }

    private async Task CallAsync(int caller, long[] calls, ConcurrentQueue<string> wrong, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var output = await _bench.CallAsync(Name);
            if (output is not ("a a" or "b b"))
            {
                wrong.Enqueue(output);
            }

            calls[caller]++;
        }
    }

    private string Stage(string version)
    {
        var dependency = PluginCompiler.Compile("lazy", $"public static class Lazy {{ public static string Text() => \"{version}\"; }}");
        var image = PluginCompiler.Compile(
            $"dkron-processor-{Name}",
            PluginCompiler.Header() + PluginCompiler.Processor($"\"{version} \" + Ask()", "[System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)] static string Ask() => Lazy.Text();"),
            null,
            dependency);
        var folder = _bench.AddImage(Name, image, Directory.CreateDirectory(Path.Combine(_bench.Root, $"stage-{version}")).FullName);
        File.WriteAllBytes(Path.Combine(folder, "lazy.dll"), dependency);
        return folder;
    }

    private void Lay(string stage)
    {
        var target = Path.Combine(_bench.Folder, $"dkron-processor-{Name}");
        var made = Directory.CreateDirectory(Path.Combine(_bench.Root, Guid.NewGuid().ToString("N"))).FullName;
        foreach (var file in Directory.GetFiles(stage))
        {
            File.Copy(file, Path.Combine(made, Path.GetFileName(file)));
        }

        if (Directory.Exists(target))
        {
            Directory.Move(target, made + "-old");
        }

        Directory.Move(made, target);
        if (Directory.Exists(made + "-old"))
        {
            Directory.Delete(made + "-old", recursive: true);
        }
    }
}

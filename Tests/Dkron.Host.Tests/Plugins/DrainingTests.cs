using Dkron.Host.Plugins;
using Dkron.Host.Processing;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Tests.Plugins;

public sealed class DrainingTests
{
    private const string Name = "drained";

    [Fact]
    public async Task A_fifth_reload_waits_while_four_versions_are_in_use_says_so_once_and_goes_on_when_one_is_free()
    {
        await using var bench = new PluginWorkbench(PluginWorkbench.Quick);
        bench.AddGood(Name, "0");
        await bench.WatchAsync();
        var held = new List<PluginLeases>();
        for (var version = 1; version <= 4; version++)
        {
            held.Add(bench.Registry.Acquire([Name]));
            await ReplaceAsync(bench, $"{version}");
            await bench.UntilAsync(Name, $"{version}");
        }

        await ReplaceAsync(bench, "5");

        await Until.TrueAsync(() => Waiting(bench) == 1);
        (await bench.CallAsync(Name)).Should().Be("4");
        bench.Registry.Statuses.Count(status => status.State == GenerationState.Draining).Should().Be(4);
        held[2].Dispose();
        await bench.UntilAsync(Name, "5");
        Waiting(bench).Should().Be(1);
        held.ForEach(leases => leases.Dispose());
        await Until.TrueAsync(() => bench.Registry.Statuses.Count == 1);
    }

    [Fact]
    public async Task With_unloading_off_new_versions_are_loaded_and_old_ones_stay_in_memory_and_say_why()
    {
        await using var bench = new PluginWorkbench(new PluginOptions { SettleTime = TimeSpan.FromMilliseconds(50), PollInterval = TimeSpan.FromMilliseconds(200), Unload = Unloading.Off });
        bench.AddGood(Name, "one");
        await bench.WatchAsync();

        await ReplaceAsync(bench, "two");
        await bench.UntilAsync(Name, "two");
        await ReplaceAsync(bench, "three");
        await bench.UntilAsync(Name, "three");

        await Until.TrueAsync(() => Old(bench).Count() == 2);
        Memory.Collect();
        Old(bench).Select(status => (status.Generation, status.Reason)).Should().Equal((1, "Dkron:Plugins:Unload is off, so it stays until the host ends"), (2, "Dkron:Plugins:Unload is off, so it stays until the host ends"));
        bench.Log.Entries.Should().NotContain(entry => entry.Message.Contains("has left memory") || entry.Message.Contains("still in memory"));
    }

    [Fact]
    public async Task Files_that_never_stay_as_they_are_are_told_of_once_and_what_runs_is_kept()
    {
        await using var bench = new PluginWorkbench(new PluginOptions { SettleTime = TimeSpan.FromSeconds(5), PollInterval = TimeSpan.FromMilliseconds(200) });
        var folder = bench.AddGood(Name, "one");
        await bench.WatchAsync();
        await File.WriteAllBytesAsync(Path.Combine(folder, $"dkron-processor-{Name}.dll"), PluginWorkbench.Image(Name, "two"), TestContext.Current.CancellationToken);

        for (var i = 0; !bench.Log.Entries.Any(IsUnquiet); i++)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "notes.txt"), $"{i}", TestContext.Current.CancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        bench.Log.Entries.Where(IsUnquiet).Should().ContainSingle().Which.Message.Should().Be($"Plugins: {Name} in {folder} has kept changing for 1 s; what runs is kept until it stays as it is for 00:00:05");
        (await bench.CallAsync(Name)).Should().Be("one");
        await bench.UntilAsync(Name, "two");
    }

    private static bool IsUnquiet((LogLevel Level, string Message, IReadOnlyDictionary<string, object?> Properties) entry) => entry.Message.Contains("has kept changing");

    private static int Waiting(PluginWorkbench bench) => bench.Log.Entries.Count(entry => entry.Message == $"Plugins: {Name} waits with its next version: 4 earlier ones are still in use");

    private static IEnumerable<PluginStatus> Old(PluginWorkbench bench) => bench.Registry.Statuses.Where(status => status.State == GenerationState.Retained);

    // Moved in: what is written in place may be taken half written, and then again.
    private static async Task ReplaceAsync(PluginWorkbench bench, string output)
    {
        var made = Path.Combine(bench.Root, "made.dll");
        await File.WriteAllBytesAsync(made, PluginWorkbench.Image(Name, output), TestContext.Current.CancellationToken);
        File.Move(made, Path.Combine(bench.Folder, $"dkron-processor-{Name}", $"dkron-processor-{Name}.dll"), overwrite: true);
    }
}

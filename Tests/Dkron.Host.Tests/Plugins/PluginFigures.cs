using System.Diagnostics;
using System.Globalization;
using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

/// <summary>Figures rather than checks: run with DKRON_TEST_FIGURES set, on a machine that does nothing else.</summary>
public sealed class PluginFigures
{
    private static bool IsWanted => Environment.GetEnvironmentVariable("DKRON_TEST_FIGURES") is not null;

    [Fact]
    public async Task From_the_last_write_to_live()
    {
        Assert.SkipUnless(IsWanted, "figures are not wanted");
        await using var bench = new PluginWorkbench(new PluginOptions());
        byte[][] images = [PluginWorkbench.Image("timed", "0"), PluginWorkbench.Image("timed", "1")];
        var folder = bench.AddImage("timed", images[0]);
        await bench.WatchAsync();
        var milliseconds = new List<double>();

        for (var i = 1; i <= 60; i++)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, "dkron-processor-timed.dll"), images[i % 2], TestContext.Current.CancellationToken);
            var written = TimeProvider.System.GetTimestamp();
            await bench.UntilAsync("timed", (i % 2).ToString(CultureInfo.InvariantCulture));
            milliseconds.Add(TimeProvider.System.GetElapsedTime(written).TotalMilliseconds);
        }

        milliseconds.Sort();
        Tell($"written to live: p50 {milliseconds[30]:0} ms, p99 {milliseconds[59]:0} ms (looked at every 10 ms)");
    }

    [Fact]
    public async Task Five_hundred_plugins_of_three_files()
    {
        Assert.SkipUnless(IsWanted, "figures are not wanted");
        await using var bench = new PluginWorkbench(new PluginOptions());
        for (var i = 0; i < 500; i++)
        {
            var folder = bench.AddGood($"many{i}");
            await File.WriteAllTextAsync(Path.Combine(folder, "a.txt"), "a", TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "b.txt"), "b", TestContext.Current.CancellationToken);
        }

        var before = Cpu();
        var began = TimeProvider.System.GetTimestamp();
        await bench.WatchAsync();
        Tell($"500 plugins: live after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s, {(Cpu() - before).TotalMilliseconds / 500:0.0} ms of CPU each, {Environment.WorkingSet >> 20} MB resident");
        bench.Log.Errors.Should().BeEmpty();

        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, TestContext.Current.CancellationToken);
        before = Cpu();
        began = TimeProvider.System.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        Tell($"idle with 500 plugins: {100 * (Cpu() - before).TotalSeconds / TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.00} % of one core");

        bench.AddGood("late", "late");
        began = TimeProvider.System.GetTimestamp();
        await bench.UntilAsync("late", "late");
        Tell($"one more among 500: live after {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:0} ms");
    }

    private static TimeSpan Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    private static void Tell(FormattableString figures) => Console.WriteLine(FormattableString.Invariant(figures));
}

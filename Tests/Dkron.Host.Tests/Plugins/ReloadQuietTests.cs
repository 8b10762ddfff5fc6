using Dkron.Host.Plugins;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Plugins;

public sealed class ReloadQuietTests : IAsyncDisposable
{
    private const string Name = "copied";

    private readonly PluginWorkbench _bench = new();
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();

    public async ValueTask DisposeAsync()
    {
        _stop.Dispose();
        await _bench.DisposeAsync();
    }

    [Fact]
    public async Task A_build_that_is_still_being_copied_is_not_taken_because_somebody_asks()
    {
        var options = new PluginOptions { PollInterval = TimeSpan.FromMilliseconds(100), SettleTime = TimeSpan.FromSeconds(10) };
        _bench.AddGood(Name, "one");
        _bench.AddGood("other");
        await using var registry = new PluginRegistry([_bench.Folder], _bench.Data, _bench.Log, _time, options);
        await registry.LoadAllAsync(TestContext.Current.CancellationToken);
        var watching = registry.WatchAsync(null, _stop.Token);
        await PassTimeUntilAsync(LookedAsync(registry));

        _bench.AddGood(Name, "half");
        var asked = registry.ReloadAsync(Name, TestContext.Current.CancellationToken);
        await LookedAsync(registry);
        await LookedAsync(registry);
        _bench.AddGood(Name, "whole");
        await PassTimeUntilAsync(asked);

        (await _bench.CallAsync(Name, registry)).Should().Be("whole");
        _bench.Log.Entries.Where(entry => entry.Message.Contains(" replaces ")).Should().ContainSingle("the half one was never loaded");
        await _stop.CancelAsync();
        await watching;
    }

    private Task PassTimeUntilAsync(Task task) => Until.TrueAsync(() =>
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return task.IsCompleted;
    });

    /// <summary>Waits until the watch has come round: what has not changed is done with at once.</summary>
    private static Task LookedAsync(PluginRegistry registry) => registry.ReloadAsync("other", TestContext.Current.CancellationToken);
}

using System.Globalization;
using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

[Collection(nameof(Alone))]
public sealed class SwapUnderLoadTests : IAsyncDisposable
{
    /// <summary>The benchmark <c>--plugins-swaps</c> is the long form, with memory and latencies.</summary>
    private static readonly int Swaps = int.Parse(Environment.GetEnvironmentVariable("DKRON_TEST_SWAPS") ?? "100", CultureInfo.InvariantCulture);

    private readonly PluginWorkbench _bench = new(PluginWorkbench.Quick);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Swaps_under_load_fail_no_call_mix_no_versions_and_leave_nothing_in_memory()
    {
        var plugin = new LazyPlugin(_bench.Root, _bench.Folder);
        plugin.Lay(0);
        await _bench.WatchAsync();
        var callers = new Callers(isSlow => LazyPlugin.Ask(_bench.Registry, PluginWorkbench.Context(), isSlow), count: 8);

        for (var swap = 1; swap <= Swaps; swap++)
        {
            plugin.Lay(swap);
            await _bench.Registry.ReloadAsync(LazyPlugin.Name, TestContext.Current.CancellationToken);
            (await _bench.CallAsync(LazyPlugin.Name)).Should().Be(LazyPlugin.AnswerOf(swap));
        }

        callers.Stop();
        callers.Wrong.Should().BeEmpty();
        callers.Calls.Should().BeGreaterThan(Swaps);
        _bench.Status(LazyPlugin.Name, GenerationState.Active).Generation.Should().Be(Swaps + 1);
        await Until.TrueAsync(() => _bench.Registry.Statuses.Count == 1);
        await Until.TrueAsync(() => _bench.Log.Entries.Count(entry => entry.Message.Contains("has left memory")) == Swaps);
    }

    [Fact]
    public async Task A_plugin_is_replaced_and_leaves_memory_while_the_thread_pool_is_blocked()
    {
        var plugin = new LazyPlugin(_bench.Root, _bench.Folder);
        plugin.Lay(0);
        await _bench.WatchAsync();

        var (isReplaced, isGone) = await WithBlockedPoolAsync(() =>
        {
            plugin.Lay(1);
            return (Waits(() => LazyPlugin.Ask(_bench.Registry, PluginWorkbench.Context(), isSlow: false) == LazyPlugin.AnswerOf(1)), Waits(() => _bench.Log.Entries.Any(entry => entry.Message.Contains("has left memory"))));
        });

        isReplaced.Should().BeTrue();
        isGone.Should().BeTrue();
    }

    private static bool Waits(Func<bool> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!condition() && TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(1))
        {
            Thread.CurrentThread.Join(TimeSpan.FromMilliseconds(5));
        }

        return condition();
    }

    /// <summary>Works on a thread of its own while more work blocks the pool than the pool adds threads for in the meantime.</summary>
    private static async Task<T> WithBlockedPoolAsync<T>(Func<T> work)
    {
        using var release = new ManualResetEventSlim();
        var blocking = Enumerable.Range(0, 1000).Select(_ => Task.Run(release.Wait)).ToList();
        var done = new TaskCompletionSource<T>();
        new Thread(() =>
        {
#pragma warning disable CA1031 // Whatever fails, the pool has to be set free.
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
#pragma warning restore CA1031
            finally
            {
                release.Set();
            }
        }).Start();
        var result = await done.Task;
        await Task.WhenAll(blocking);
        return result;
    }
}

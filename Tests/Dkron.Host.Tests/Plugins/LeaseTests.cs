using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

public sealed class LeaseTests : IAsyncDisposable
{
    private readonly PluginWorkbench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_chain_that_names_a_plugin_twice_holds_it_once()
    {
        _bench.AddGood("one");
        _bench.AddGood("two");
        await _bench.LoadAsync();

        var leases = _bench.Registry.Acquire(["one", "two", "one"]);

        _bench.Status("one").Leases.Should().Be(1);
        leases[2].Processor.Should().BeSameAs(leases[0].Processor).And.NotBeNull();
        leases[0].Should().BeEquivalentTo(new { Version = "1.0.0", Unavailable = (string?)null }, options => options.ExcludingMissingMembers());
        leases.Dispose();
        leases.Dispose();
        _bench.Status("one").Leases.Should().Be(0);
    }

    [Fact]
    public async Task A_generation_is_not_disposed_of_while_a_lease_holds_it()
    {
        _bench.Add("slow", PluginCompiler.Processor("_disposed ? \"disposed\" : \"alive\"", "private bool _disposed; public ValueTask DisposeAsync() { _disposed = true; return default; }"));
        await _bench.LoadAsync();
        using var leases = _bench.Registry.Acquire(["slow"]);
        var processor = leases[0].Processor!;

        var disposal = _bench.Registry.DisposeAsync().AsTask();

        disposal.IsCompleted.Should().BeFalse();
        _bench.Status("slow", GenerationState.Draining).Leases.Should().Be(1);
        var result = await processor.ProcessAsync(PluginWorkbench.Context(), TestContext.Current.CancellationToken);
        System.Text.Encoding.UTF8.GetString(result.Output.Span).Should().Be("alive");
        _bench.Registry.Acquire(["slow"])[0].Processor.Should().BeNull();
        leases.Dispose();
        await disposal;
        leases[0].Processor.Should().BeNull();
    }

    [Fact]
    public async Task An_abandoned_call_holds_its_generation_until_it_ends()
    {
        _bench.AddGood("stuck");
        await _bench.LoadAsync();
        var leases = _bench.Registry.Acquire(["stuck"]);
        var abandoned = leases[0].CallAbandoned();
        leases.Dispose();

        await _bench.Registry.DisposeAsync();

        var status = _bench.Status("stuck", GenerationState.Draining);
        status.Abandoned.Should().Be(1);
        status.Leases.Should().Be(1);
        abandoned.Dispose();
        abandoned.Dispose();
        await Until.TrueAsync(() => _bench.Registry.Statuses.All(left => left.State != GenerationState.Draining));
    }

    [Fact]
    public async Task Leases_taken_from_many_threads_while_it_is_closed_are_all_given_back()
    {
        _bench.Add("busy", PluginCompiler.Processor("_disposed ? throw new ObjectDisposedException(\"\") : \"\"", "private volatile bool _disposed; public ValueTask DisposeAsync() { _disposed = true; return default; }"));
        await _bench.LoadAsync();
        using var stop = new CancellationTokenSource();
        var calls = 0;
        var callers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var leases = _bench.Registry.Acquire(["busy", "busy"]);
                if (leases[0].Processor is { } processor)
                {
                    await processor.ProcessAsync(PluginWorkbench.Context(), CancellationToken.None);
                    Interlocked.Increment(ref calls);
                }
                else
                {
                    leases[0].Unavailable.Should().NotBeNull();
                }
            }
        })).ToList();
        await Until.TrueAsync(() => Volatile.Read(ref calls) > 10_000);

        await _bench.Registry.DisposeAsync();
        await stop.CancelAsync();
        await Task.WhenAll(callers);

        _bench.Registry.Statuses.Should().OnlyContain(status => status.Leases == 0);
    }
}

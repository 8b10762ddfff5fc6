using Dkron.Abstractions;
using Dkron.Host.Plugins;
using Dkron.Host.Processing;
using Dkron.Host.Tests.Processing;
using Microsoft.Extensions.Options;

namespace Dkron.Host.Tests.Plugins;

public sealed class BlockingCallTests : IAsyncDisposable
{
    private const string Name = "blocking";
    private const string Narrow = "narrow";
    private const int Limit = 4;
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    private readonly ProcessorChain _chain = new(Options.Create(new ProcessingOptions { AbandonGrace = Short }), TimeProvider.System);
    private readonly PluginWorkbench _bench = new(new PluginOptions { Limits = new() { [Name] = new PluginLimits { MaxConcurrency = Limit }, [Narrow] = new PluginLimits { MaxConcurrency = 1 } } });

    public async ValueTask DisposeAsync()
    {
        _chain.Dispose();
        await _bench.DisposeAsync();
    }

    [Fact]
    public async Task Calls_that_block_for_ever_for_one_job_cost_a_limited_number_of_threads_though_those_of_another_job_work()
    {
        await LoadAsync(Name);
        var end = Path.Combine(_bench.Root, "end");
        for (var i = 0; i < Limit; i++)
        {
            (await ProcessAsync(Name, end, Short)).State.Should().Be(OutcomeState.TimedOut);
            (await ProcessAsync(Name, "", Some.Generous)).State.Should().Be(i < Limit - 1 ? OutcomeState.Succeeded : OutcomeState.Unavailable);
        }

        var refused = await ProcessAsync(Name, end, Short);

        refused.State.Should().Be(OutcomeState.Unavailable);
        refused.Error.Should().StartWith($"plugin '{Name}' is not called: {Limit} calls of this version did not end in their time and still run");
        _bench.Status(Name).Warnings.Should().Contain(refused.Error);
        _chain.AbandonedCalls.Should().Be(Limit);
        _bench.Log.Entries.Where(entry => entry.Message.Contains("is not called any more")).Should().ContainSingle();
        await File.WriteAllTextAsync(end, "", TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => _bench.Status(Name).Abandoned == 0);
        (await ProcessAsync(Name, end, Some.Generous)).State.Should().Be(OutcomeState.Succeeded);
    }

    [Fact]
    public async Task Those_that_wait_for_room_are_refused_as_well_when_too_many_abandoned_calls_still_run()
    {
        await LoadAsync(Narrow);
        var end = Path.Combine(_bench.Root, "end");
        for (var i = 0; i < 2; i++)
        {
            (await ProcessAsync(Narrow, end, Short)).State.Should().Be(OutcomeState.TimedOut);
            (await ProcessAsync(Narrow, "", Some.Generous)).State.Should().Be(OutcomeState.Succeeded);
        }

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ProcessAsync(Narrow, end, TimeSpan.FromSeconds(1))));

        outcomes.Select(outcome => outcome.State).Order().Should().Equal(OutcomeState.TimedOut, OutcomeState.Unavailable, OutcomeState.Unavailable, OutcomeState.Unavailable);
        await File.WriteAllTextAsync(end, "", TestContext.Current.CancellationToken);
    }

    private Task LoadAsync(string name)
    {
        _bench.Add(name, PluginCompiler.Processor("Do(context.Output.ToString())", """
            static string Do(string end)
            {
                while (end.Length > 0 && !System.IO.File.Exists(end)) { Thread.Sleep(10); }
                return "worked";
            }
            """));
        return _bench.LoadAsync();
    }

    private async Task<ProcessorOutcome> ProcessAsync(string name, string output, TimeSpan timeout)
    {
        using var leases = _bench.Registry.Acquire([name]);
        var result = await _chain.ProcessAsync(Some.Input(output, Some.Execution(), (Some.Step(name, timeout: timeout), leases[0]))).WaitAsync(Some.Generous, TimeProvider.System, TestContext.Current.CancellationToken);
        return result.Outcomes[0];
    }
}

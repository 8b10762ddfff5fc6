using Dkron.Abstractions;
using Dkron.Host.Jobs;
using Dkron.Host.Plugins;
using Dkron.Host.Processing;
using Dkron.Host.Scheduling;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Dkron.Benchmarks.Plugins;

/// <summary>What others feel of a plugin that blocks its thread for ever in every call, fired each second. Run with <c>--plugins-blocking</c>.</summary>
internal static class BlockingReport
{
    private const int Jobs = 200;
    private const int Loops = 8;
    private const int Rounds = 3;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(12);

    public static async Task RunAsync()
    {
        await WindowAsync(isBlocking: false);
        var without = new List<(List<double> Delays, double ASecond, int Abandoned)>();
        var with = new List<(List<double> Delays, double ASecond, int Abandoned)>();
        for (var round = 0; round < Rounds; round++)
        {
            without.Add(await WindowAsync(isBlocking: false));
            with.Add(await WindowAsync(isBlocking: true));
        }

        Print.Head($"{Jobs} jobs each second through a processor, and {Loops} loops of the same at full speed, {Rounds} times {Window.TotalSeconds:0} s", "", "without", "beside a plugin that blocks", "ratio");
        Row("start delay p50 (ms)", Quantile(without, 0.5), Quantile(with, 0.5));
        Row("start delay p99 (ms)", Quantile(without, 0.99), Quantile(with, 0.99));
        Row("chains a second", without.Average(one => one.ASecond), with.Average(one => one.ASecond));
        Print.Line($"abandoned calls until the pause, and those that were on their way then: {string.Join(", ", with.Select(one => one.Abandoned))}");
    }

    private static async Task<(List<double> Delays, double ASecond, int Abandoned)> WindowAsync(bool isBlocking)
    {
        await using var bench = new PluginBench();
        bench.Add("free", PluginBench.Image("free", "free"));
        bench.Add("blocks", Host.Tests.Plugins.PluginCompiler.Compile("dkron-processor-blocks", Host.Tests.Plugins.PluginCompiler.Header() + Host.Tests.Plugins.PluginCompiler.Processor("new Func<string>(() => { new ManualResetEvent(false).WaitOne(); return \"\"; })()")));
        await bench.WatchAsync();
        using var chain = new ProcessorChain(Options.Create(new ProcessingOptions { AbandonGrace = TimeSpan.FromMilliseconds(500) }), TimeProvider.System);
        using var stop = new CancellationTokenSource(Window, TimeProvider.System);
        var delays = new List<double>();
        var chains = 0L;
        var loops = Enumerable.Range(0, Loops).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await RunAsync(bench.Registry, chain, "free");
                Interlocked.Increment(ref chains);
            }
        })).ToList();
        await FireAsync(bench.Registry, chain, isBlocking, delays, stop.Token);
        await Task.WhenAll(loops);
        var abandoned = chain.AbandonedCalls;
        return (delays, chains / Window.TotalSeconds, abandoned);
    }

    private static async Task FireAsync(PluginRegistry plugins, ProcessorChain chain, bool isBlocking, List<double> delays, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        var firings = new DueFirings(TimeProvider.System, NullLogger<DueFirings>.Instance);
        firings.Set([.. Enumerable.Range(0, Jobs + 1).Select(i => new ScheduledJob(SchedulingJobs.Create(i, "* * * * * *", "UTC"), now))]);
        var blocking = SchedulingJobs.Create(Jobs, "* * * * * *", "UTC").Name;
        var running = new List<Task>();
        await using var due = firings.WaitAsync(cancellationToken).GetAsyncEnumerator(CancellationToken.None);
        while (await NextAsync(due))
        {
            var firing = due.Current;
            if (firing.Job.Name != blocking)
            {
                delays.Add((TimeProvider.System.GetUtcNow() - firing.DueAt).TotalMilliseconds);
                running.Add(RunAsync(plugins, chain, "free"));
            }
            else if (isBlocking)
            {
                running.Add(RunAsync(plugins, chain, "blocks"));
            }
        }

        await Task.WhenAll(running);
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<Firing> due)
    {
        try
        {
            return await due.MoveNextAsync();
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task RunAsync(PluginRegistry plugins, ProcessorChain chain, string name)
    {
        using var leases = plugins.Acquire([name]);
        var context = PluginBench.Context();
        await chain.ProcessAsync(new ChainInput
        {
            Job = context.Job,
            Execution = context.Execution,
            RawOutput = ExecutionOutput.Empty,
            Steps = [new ProcessorStep { Name = name, Timeout = TimeSpan.FromSeconds(1) }],
            Targets = leases,
        });
    }

    private static double Quantile(List<(List<double> Delays, double ASecond, int Abandoned)> windows, double share) => Print.Quantile([.. windows.SelectMany(one => one.Delays)], share);

    private static void Row(string what, double without, double with) => Print.Line($"| {what} | {without:0.00} | {with:0.00} | {with / without:0.00} |");
}

using BenchmarkDotNet.Attributes;
using Dkron.Abstractions;
using Dkron.Host.Jobs;
using Dkron.Host.Processing;
using Microsoft.Extensions.Options;

namespace Dkron.Benchmarks.Processing;

/// <summary>What a step of the chain costs: deadline, containment, context, outcome; beside a bare call and a thread hop for each call.</summary>
[MemoryDiagnoser]
public class ChainBenchmarks
{
    private readonly ProcessorChain _chain = new(Options.Create(new ProcessingOptions()), TimeProvider.System);
    private NoOpPlugin _plugin = null!;
    private IExecutionProcessor _processor = null!;
    private string[] _names = [];
    private ChainInput _input = null!;
    private ProcessorContext _context = null!;

    /// <summary>Steps in the chain.</summary>
    [Params(0, 1, 4, 16)]
    public int Processors { get; set; }

    /// <summary>Loads the no-op plugin as the host would.</summary>
    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _plugin = await NoOpPlugin.LoadAsync();
        _processor = _plugin.Registry.Acquire(["noop"])[0].Processor!;
        _names = [.. Enumerable.Repeat("noop", Processors)];
        _input = new ChainInput
        {
            Job = new JobInfo { Name = "job", DisplayName = "job" },
            Execution = new ExecutionInfo
            {
                Id = "1700000000000000000-node",
                JobName = "job",
                NodeName = "node",
                Group = 1,
                Attempt = 1,
                ScheduledAt = DateTimeOffset.UnixEpoch,
                StartedAt = DateTimeOffset.UnixEpoch,
                FinishedAt = DateTimeOffset.UnixEpoch,
                Status = ExecutionStatus.Succeeded,
            },
            RawOutput = ExecutionOutput.FromBytes(new byte[64]),
            Steps = [.. Enumerable.Repeat(new ProcessorStep { Name = "noop" }, Processors)],
            Targets = [],
        };
        _context = new ProcessorContext
        {
            InvocationId = "1",
            Attempt = 1,
            Job = _input.Job,
            Execution = _input.Execution,
            Output = _input.RawOutput,
            OriginalOutput = _input.RawOutput,
            Log = _plugin.Registry.Acquire(["noop"])[0].LogFor(_input.Execution),
        };
    }

    [Benchmark(Baseline = true)]
    public async Task BareCalls()
    {
        for (var i = 0; i < Processors; i++)
        {
            await _processor.ProcessAsync(_context, CancellationToken.None);
        }
    }

    [Benchmark]
    public async Task ThreadHopForEachCall()
    {
        for (var i = 0; i < Processors; i++)
        {
            await Task.Run(() => _processor.ProcessAsync(_context, CancellationToken.None).AsTask());
        }
    }

    /// <summary>As JobRun does it: leases, chain, leases given back.</summary>
    [Benchmark]
    public async Task Chain()
    {
        using var leases = _plugin.Registry.Acquire(_names);
        await _chain.ProcessAsync(_input with { Targets = leases });
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        _chain.Dispose();
        await _plugin.DisposeAsync();
    }
}

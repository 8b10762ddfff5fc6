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
    private readonly IExecutionProcessor _processor = new NoOp();
    private ChainInput _input = null!;
    private ProcessorContext _context = null!;

    /// <summary>Steps in the chain.</summary>
    [Params(0, 1, 4, 16)]
    public int Processors { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var target = new Target(_processor);
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
            Targets = [.. Enumerable.Repeat<StepTarget>(target, Processors)],
        };
        _context = new ProcessorContext
        {
            InvocationId = "1",
            Attempt = 1,
            Job = _input.Job,
            Execution = _input.Execution,
            Output = _input.RawOutput,
            OriginalOutput = _input.RawOutput,
            Log = target,
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

    [Benchmark]
    public async Task Chain() => await _chain.ProcessAsync(_input);

    [GlobalCleanup]
    public void CleanUp() => _chain.Dispose();

    private sealed class NoOp : IExecutionProcessor
    {
        public ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken) => new(ProcessorResult.Unchanged);
    }

    private sealed class Target(IExecutionProcessor processor) : StepTarget, IPluginLog
    {
        public override IExecutionProcessor? Processor => processor;

        public override string Version => "1.0.0";

        public override string? Unavailable => null;

        public override IPluginLog LogFor(ExecutionInfo execution) => this;

        public override IDisposable CallAbandoned() => throw new NotSupportedException();

        public bool IsEnabled(PluginLogLevel level) => false;

        public void Write(PluginLogLevel level, string message, Exception? exception = null)
        {
        }
    }
}

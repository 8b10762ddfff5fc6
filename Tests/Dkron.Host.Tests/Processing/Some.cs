using Dkron.Abstractions;
using Dkron.Host.Jobs;
using Dkron.Host.Processing;

namespace Dkron.Host.Tests.Processing;

/// <summary>Tiny hand-written processors and the chains that call them.</summary>
internal static class Some
{
    public static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    public static ExecutionInfo Execution(ExecutionStatus status = ExecutionStatus.Succeeded, ExecutionStatus? previous = null, bool final = true) => new()
    {
        Id = "1700000000000000000-node",
        JobName = "job",
        NodeName = "node",
        Group = 1,
        Attempt = 1,
        IsFinalAttempt = final,
        ScheduledAt = DateTimeOffset.UnixEpoch,
        StartedAt = DateTimeOffset.UnixEpoch,
        FinishedAt = DateTimeOffset.UnixEpoch.AddSeconds(1),
        Status = status,
        PreviousStatus = previous,
    };

    public static ChainInput Input(string output, ExecutionInfo execution, params (ProcessorStep Step, StepTarget Target)[] steps) => new()
    {
        Job = new JobInfo { Name = "job", DisplayName = "job" },
        Execution = execution,
        RawOutput = ExecutionOutput.FromText(output),
        Steps = [.. steps.Select(s => s.Step)],
        Targets = [.. steps.Select(s => s.Target)],
    };

    public static ProcessorStep Step(string name, StepFailure onError = StepFailure.Continue, StepCondition when = StepCondition.Always, TimeSpan? timeout = null) =>
        new() { Name = name, OnError = onError, When = when, Timeout = timeout ?? Generous };

    public static FakeTarget Calling(Func<ProcessorContext, CancellationToken, ValueTask<ProcessorResult>> process, bool delivers = false) => new(new DelegateProcessor(process), null) { Delivers = delivers };

    public static FakeTarget Returning(Func<ProcessorContext, ProcessorResult> process) => Calling((context, _) => new(process(context)));

    public static (ProcessorStep Step, StepTarget Target) Appending(string text) =>
        (Step("append"), Returning(context => ProcessorResult.WithOutput(context.Output + text)));

    public static FakeTarget Missing(string why, bool delivers = false) => new(null, why) { Delivers = delivers };

    public sealed class FakeTarget(IExecutionProcessor? processor, string? unavailable) : StepTarget
    {
        private int _abandoned;

        public bool Delivers { get; init; }

        public override bool IsDelivery => Delivers;

        public int Abandoned => Volatile.Read(ref _abandoned);

        public override IExecutionProcessor? Processor => processor;

        public override string Version => processor is null ? "" : "1.0.0";

        public override string? Unavailable => unavailable;

        public override IPluginLog LogFor(ExecutionInfo execution) => new SilentLog();

        public override IDisposable CallAbandoned()
        {
            Interlocked.Increment(ref _abandoned);
            return new Hold(this);
        }

        private sealed class Hold(FakeTarget target) : IDisposable
        {
            public void Dispose() => Interlocked.Decrement(ref target._abandoned);
        }
    }

    private sealed class DelegateProcessor(Func<ProcessorContext, CancellationToken, ValueTask<ProcessorResult>> process) : IExecutionProcessor
    {
        public ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken) => process(context, cancellationToken);
    }

    private sealed class SilentLog : IPluginLog
    {
        public bool IsEnabled(PluginLogLevel level) => false;

        public void Write(PluginLogLevel level, string message, Exception? exception = null)
        {
        }
    }
}

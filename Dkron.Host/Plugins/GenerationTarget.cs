using Dkron.Abstractions;
using Dkron.Host.Processing;

namespace Dkron.Host.Plugins;

/// <summary>A generation as a chain sees it. One object serves all chains.</summary>
internal sealed class GenerationTarget(Generation generation) : StepTarget
{
    public Generation Generation => generation;

    public override IExecutionProcessor? Processor => generation.Processor;

    public override string Version => generation.Version;

    public override string? Unavailable => null;

    public override bool IsDelivery => generation.IsDelivery;

    public override CallEntry TryEnter(out string? refusal) => generation.Gate.TryEnter(generation.Number, generation.Abandoned, out refusal);

    public override bool Park(Action resume) => generation.Gate.Park(generation.Number, resume);

    public override void Exit(CallVerdict verdict) => generation.Gate.Exit(generation.Number, verdict);

    public override IPluginLog LogFor(ExecutionInfo execution) => generation.Log.ForCall(execution.JobName, execution.Id);

    public override IDisposable CallAbandoned() => generation.Abandon();
}

using Dkron.Abstractions;
using Dkron.Host.Processing;

namespace Dkron.Host.Plugins;

/// <summary>What a chain gets in place of a plugin that cannot be called.</summary>
/// <param name="why">As a sentence.</param>
/// <param name="isDelivery">Whether it was known to hand results to somebody else.</param>
internal sealed class UnavailableTarget(string why, bool isDelivery = false) : StepTarget
{
    public override IExecutionProcessor? Processor => null;

    public override bool IsDelivery => isDelivery;

    public override string Version => "";

    public override string? Unavailable => why;

    public override IPluginLog LogFor(ExecutionInfo execution) => throw new InvalidOperationException(why);

    public override IDisposable CallAbandoned() => throw new InvalidOperationException(why);
}

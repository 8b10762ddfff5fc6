using Dkron.Abstractions;

namespace Dkron.Host.Records;

/// <summary>What became of an execution in its processors, or how far it came.</summary>
internal sealed record ProcessingEnd
{
    public required ExecutionInfo Info { get; init; }

    /// <summary>Of the steps that have one, from the first on.</summary>
    public required IReadOnlyList<ProcessorOutcome> Outcomes { get; init; }

    /// <summary>The output now; null when it is as it is recorded already.</summary>
    public ExecutionOutput? Output { get; init; }

    /// <summary>The steps that did not work and are not forgotten.</summary>
    public IReadOnlyList<DeliveryWrite> Deliveries { get; init; } = [];

    /// <summary>Whether a step waits for its next try before the later ones are called, so that this is not the end yet.</summary>
    public bool IsSuspended { get; init; }
}

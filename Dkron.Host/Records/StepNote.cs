using Dkron.Abstractions;

namespace Dkron.Host.Records;

/// <summary>What one step did, all of which is recorded together or not at all.</summary>
internal sealed record StepNote
{
    /// <summary>The step's index in the job's processors.</summary>
    public required int Step { get; init; }

    public required ProcessorOutcome Outcome { get; init; }

    /// <summary>The output after it, in memory and at most <see cref="OutputStore.LargestInDatabase"/>; null when it is the one before.</summary>
    public ExecutionOutput? Output { get; init; }

    /// <summary>What is to be remembered of it when it did not work.</summary>
    public DeliveryWrite? Delivery { get; init; }
}

using Dkron.Abstractions;
using Dkron.Host.Processing;
using Dkron.Host.Records;

namespace Dkron.Host.Runs;

/// <summary>Brings to the records what the steps of one chain do, as they do it.</summary>
/// <remarks>
/// A step is recorded together with the output that it made, or not at all. An output too large for the database is recorded at the
/// end only, and so is what a step got that has to be called again: until then neither its step nor any later one is, so that after a
/// crash the chain goes on with that step.
/// </remarks>
internal sealed class ChainNotes(ExecutionRecords records, ExecutionInfo execution, ExecutionOutput rawOutput)
{
    private readonly List<DeliveryWrite> _deliveries = [];
    private bool _isWithheld;

    /// <summary>What is to be remembered of steps that did not work.</summary>
    public IReadOnlyList<DeliveryWrite> Deliveries => _deliveries;

    public void Add(StepEnd end)
    {
        var delivery = end.Undone is { } undone ? Of(undone) : null;
        if (delivery is not null)
        {
            _deliveries.Add(delivery);
        }

        // What later steps wait for is recorded at once, with all before it, and not behind.
        _isWithheld |= end.Undone is { Holds: true } || delivery is { LargeInput: not null } || end.NewOutput is { } output && !(output.IsInMemory && output.Length <= OutputStore.LargestInDatabase);
        if (!_isWithheld)
        {
            records.NoteOutcome(execution.Id, new StepNote { Step = end.Step, Outcome = end.Outcome, Output = end.NewOutput, Delivery = delivery });
        }
    }

    /// <summary>What is to be remembered after a further try: what it was given is kept already.</summary>
    public DeliveryWrite Again(UndoneStep undone, bool hasInput) => new(Describe(undone) with { HasInput = hasInput }, null);

    private DeliveryWrite Of(UndoneStep undone)
    {
        var delivery = Describe(undone);
        return undone.Holds || ReferenceEquals(undone.Input, rawOutput) ? new DeliveryWrite(delivery, null) : DeliveryWrite.With(delivery, undone.Input);
    }

    private StepDelivery Describe(UndoneStep undone) => new()
    {
        Key = ExecutionId.KeyOf(execution.Id),
        Step = undone.Step,
        Processor = undone.Processor,
        Tries = undone.Tries,
        EarlierTries = undone.EarlierTries,
        At = undone.DueAt ?? undone.At,
        Reason = undone.Reason,
        State = undone.DueAt is null ? DeliveryState.Dead : DeliveryState.Waiting,
        Holds = undone.Holds,
    };
}

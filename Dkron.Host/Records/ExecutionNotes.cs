using Dkron.Abstractions;
using Dkron.Host.Execution;

namespace Dkron.Host.Records;

/// <summary>What was noted of one execution and is not written yet.</summary>
internal sealed class ExecutionNotes(long key)
{
    public long Key { get; } = key;

    public ProcessIdentity? Process { get; set; }

    public SortedDictionary<int, ProcessorOutcome> Outcomes { get; } = [];

    /// <summary>The output after the last of the outcomes; null when none of them changed it.</summary>
    public ExecutionOutput? Output { get; set; }

    /// <summary>What is to be remembered of steps that did not work, by step.</summary>
    public Dictionary<int, DeliveryWrite> Deliveries { get; } = [];
}

using Dkron.Abstractions;
using Dkron.Host.Execution;

namespace Dkron.Host.Records;

/// <summary>What was noted of one execution and is not written yet.</summary>
internal sealed class ExecutionNotes(long key)
{
    public long Key { get; } = key;

    public ProcessIdentity? Process { get; set; }

    public SortedDictionary<int, ProcessorOutcome> Outcomes { get; } = [];
}

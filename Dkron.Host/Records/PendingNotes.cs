using Dkron.Host.Execution;

namespace Dkron.Host.Records;

/// <summary>Notes that are written behind, of one kind. What comes later about the same execution is written together with what came before.</summary>
internal sealed class PendingNotes
{
    private readonly Lock _lock = new();
    private Dictionary<long, ExecutionNotes> _byKey = [];

    /// <returns>Whether it is the first one that waits.</returns>
    public bool Add(long key, ProcessIdentity process)
    {
        lock (_lock)
        {
            var isFirst = _byKey.Count == 0;
            Of(key).Process = process;
            return isFirst;
        }
    }

    /// <returns>Whether it is the first one that waits.</returns>
    public bool Add(long key, StepNote note)
    {
        lock (_lock)
        {
            var isFirst = _byKey.Count == 0;
            var notes = Of(key);
            notes.Outcomes[note.Step] = note.Outcome;
            notes.Output = note.Output ?? notes.Output;
            if (note.Delivery is { } delivery)
            {
                notes.Deliveries[note.Step] = delivery;
            }

            return isFirst;
        }
    }

    /// <summary>Takes what waits for one execution; null when nothing does.</summary>
    public ExecutionNotes? Take(long key)
    {
        lock (_lock)
        {
            return _byKey.Remove(key, out var notes) ? notes : null;
        }
    }

    /// <summary>Takes all that waits.</summary>
    public IReadOnlyCollection<ExecutionNotes> TakeAll()
    {
        lock (_lock)
        {
            var all = _byKey;
            _byKey = [];
            return all.Values;
        }
    }

    private ExecutionNotes Of(long key)
    {
        if (!_byKey.TryGetValue(key, out var notes))
        {
            _byKey[key] = notes = new ExecutionNotes(key);
        }

        return notes;
    }
}

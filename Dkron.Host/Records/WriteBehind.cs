using Dkron.Host.Execution;

namespace Dkron.Host.Records;

/// <summary>Notes whose writing nobody waits for. Processes go along with the next transaction; outcomes wait a little, because the end of processing mostly brings them along.</summary>
internal sealed class WriteBehind : IAsyncDisposable
{
    /// <summary>The longest that a note waits for company.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(50);

    private readonly PendingNotes _processes = new();
    private readonly PendingNotes _outcomes = new();
    private readonly ITimer _timer;
    private int _isArmed;
    private volatile bool _areDue;

    /// <remarks><paramref name="due"/>: called when notes have waited long enough.</remarks>
    public WriteBehind(Action due, TimeProvider time) => _timer = time.CreateTimer(
        _ =>
        {
            Volatile.Write(ref _isArmed, 0);   // first: a note that comes after the look that follows needs the timer again
            _areDue = true;
            due();
        },
        null,
        Timeout.InfiniteTimeSpan,
        Timeout.InfiniteTimeSpan);

    public void NoteProcess(long key, ProcessIdentity process) => Arm(_processes.Add(key, process));

    public void NoteOutcome(long key, StepNote note) => Arm(_outcomes.Add(key, note));

    /// <summary>Takes out what waits for one execution, to write it together with something else.</summary>
    /// <remarks><paramref name="withOutcomes"/>: false when what is written says all that they say.</remarks>
    public Action<WriteBatch> Take(long key, bool withOutcomes = true)
    {
        var outcomes = _outcomes.Take(key);
        ExecutionNotes?[] notes = [_processes.Take(key), withOutcomes ? outcomes : null];
        return batch =>
        {
            foreach (var note in notes)
            {
                if (note is not null)
                {
                    RecordOperations.Note(batch, note);
                }
            }
        };
    }

    /// <summary>Adds what is to go with the next transaction. For the writer.</summary>
    public void MoveTo(List<WriteRequest> batch)
    {
        if (_areDue)
        {
            _areDue = false;
            Move(_outcomes, batch);
        }

        Move(_processes, batch);
    }

    /// <summary>Lets all notes go with the next transaction.</summary>
    public void Hurry() => _areDue = true;

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private static void Move(PendingNotes notes, List<WriteRequest> batch) => batch.AddRange(notes.TakeAll().Select(note => new WriteRequest<bool>(target =>
    {
        RecordOperations.Note(target, note);
        return true;
    })));

    private void Arm(bool isFirst)
    {
        // Never anew while it runs: processes are noted so often that outcomes would wait for ever.
        if (isFirst && Interlocked.Exchange(ref _isArmed, 1) == 0)
        {
            _timer.Change(Delay, Timeout.InfiniteTimeSpan);
        }
    }
}

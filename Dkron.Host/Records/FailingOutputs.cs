namespace Dkron.Host.Records;

/// <summary>Counts the outputs whose files cannot be written at the moment. Writing works again when the last of them is written.</summary>
/// <remarks>Not when any other one is: a small output needs no file, and says nothing about the disk.</remarks>
internal sealed class FailingOutputs(RecordsState state)
{
    private const string Outputs = "outputs";
    private readonly Lock _lock = new();
    private int _count;

    /// <summary>Notes that a file could not be written. <paramref name="isNew"/>: for the first time; then <see cref="End"/> must follow once.</summary>
    public void Fail(string reason, bool isNew)
    {
        lock (_lock)
        {
            _count += isNew ? 1 : 0;
            state.Fail(Outputs, reason);
        }
    }

    /// <summary>Notes that an output that failed waits no more.</summary>
    public void End()
    {
        lock (_lock)
        {
            _count--;
            if (_count == 0)
            {
                state.Recover(Outputs);
            }
        }
    }
}

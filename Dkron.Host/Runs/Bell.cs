namespace Dkron.Host.Runs;

/// <summary>Wakes one loop that waits for something to do.</summary>
internal sealed class Bell(TimeProvider time)
{
    private volatile TaskCompletionSource _rung = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets the loop look again, also when it does not wait at the moment.</summary>
    public void Ring() => _rung.TrySetResult();

    /// <summary>Ends when it was rung, after the limit, or when it is cancelled.</summary>
    public async Task WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var rung = _rung.Task;
        await rung.WaitAsync(limit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Who rings before this is heard by the look that follows.
        _rung = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

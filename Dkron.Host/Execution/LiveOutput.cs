using Dkron.Host.Execution.Output;

namespace Dkron.Host.Execution;

/// <summary>A running command's output so far, for anyone who follows it. Costs next to nothing while nobody does.</summary>
/// <remarks>Safe for any number of readers. It also works before the command has started and after it has ended.</remarks>
internal sealed class LiveOutput
{
    private OutputStore? _store;
    private TaskCompletionSource? _waiter;
    private volatile bool _ended;

    /// <summary>Reads what there is from an offset on, as far as the buffer holds it. Does not wait.</summary>
    public LiveChunk Read(long offset, Memory<byte> buffer)
    {
        offset = Math.Max(0, offset);

        // Asked before reading: what is there once it has ended is all.
        var ended = _ended;
        if (Volatile.Read(ref _store) is not { } store)
        {
            return new LiveChunk(offset, 0, ended);
        }

        var (start, count) = store.Read(offset, buffer.Span);
        return new LiveChunk(start, count, ended && (count == 0 || start + count >= store.Total));
    }

    /// <summary>Completes when there is output behind an offset, or the command has ended.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task WaitAsync(long offset, CancellationToken cancellationToken)
    {
        while (true)
        {
            var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var waiter = Interlocked.CompareExchange(ref _waiter, mine, null) ?? mine;
            if (_ended || Volatile.Read(ref _store)?.Total > offset)
            {
                return;
            }

            await waiter.Task.WaitAsync(cancellationToken);
        }
    }

    public void Attach(OutputStore store) => Volatile.Write(ref _store, store);

    public void Changed() => Interlocked.Exchange(ref _waiter, null)?.TrySetResult();

    public void End()
    {
        _ended = true;
        Changed();
    }
}

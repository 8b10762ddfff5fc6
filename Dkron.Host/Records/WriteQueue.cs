namespace Dkron.Host.Records;

/// <summary>What waits for the writer, in order of arrival. Bounded: who comes when it is full waits outside.</summary>
internal sealed class WriteQueue(int capacity) : IAsyncDisposable
{
    private readonly SemaphoreSlim _free = new(capacity, capacity);
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Lock _lock = new();
    private readonly Queue<WriteRequest> _requests = new();
    private bool _isClosed;

    /// <summary>How many wait or are being written.</summary>
    public int Count => capacity - _free.CurrentCount;

    /// <summary>Waits for a place, for its turn, and for the disk.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled before its turn; then it is not written.</exception>
    /// <exception cref="ObjectDisposedException">The records are closed.</exception>
    public async Task<T> AddAsync<T>(Func<WriteBatch, T> apply, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            var request = new WriteRequest<T>(apply);
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isClosed, typeof(ExecutionRecords));
                _requests.Enqueue(request);
            }

            Wake();
            await using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((WriteRequest<T>)state!).TryCancel(token), request);
            return await request.Task;
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Moves what waits into a list until that is as long as wanted.</summary>
    public void MoveTo(List<WriteRequest> target, int length)
    {
        lock (_lock)
        {
            while (target.Count < length && _requests.TryDequeue(out var request))
            {
                target.Add(request);
            }
        }
    }

    /// <summary>Lets the writer look again.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Blocks the writer's thread until there may be something to do, or the time is over.</summary>
    public void WaitForWork(TimeSpan limit) => _wake.WaitOne(limit);

    /// <summary>Takes no more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
        }
    }

    /// <summary>Ends when all who waited have been told.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < capacity; i++)
        {
            await _free.WaitAsync(CancellationToken.None);
        }

        _free.Dispose();
        _wake.Dispose();
    }
}

namespace Dkron.Host.Records;

/// <summary>Something that waits to be written, and what its caller gets when it is on disk.</summary>
internal sealed class WriteRequest<T>(Func<WriteBatch, T> apply) : WriteRequest
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Cancelled = 2;
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private int _state;
    private CancellationToken _cancellation;

    public Task<T> Task => _done.Task;

    public override void Apply(WriteBatch batch) => _result = apply(batch);

    public override void Complete() => _done.TrySetResult(_result!);

    public override void Fail(Exception error) => _done.TrySetException(error);

    public override bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) != Cancelled;

    public override void PutBack()
    {
        Interlocked.CompareExchange(ref _state, Waiting, Taken);
        if (_cancellation.IsCancellationRequested)
        {
            TryCancel(_cancellation);
        }
    }

    public void TryCancel(CancellationToken cancellationToken)
    {
        // Remembered first: while it is taken nothing else is done, and nobody cancels it a second time.
        _cancellation = cancellationToken;
        if (Interlocked.CompareExchange(ref _state, Cancelled, Waiting) == Waiting)
        {
            _done.TrySetCanceled(cancellationToken);
        }
    }
}

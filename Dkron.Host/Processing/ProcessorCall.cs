using Dkron.Host.Jobs;

namespace Dkron.Host.Processing;

/// <summary>One call of a processor, and who owns the chain because of it.</summary>
/// <remarks>
/// A call is ended once: by itself, or by the supervisor that abandons it. Whoever moves the state goes on with the chain;
/// the other must not touch the chain any more.
/// </remarks>
#pragma warning disable CA1001 // The source has no timer and no link, so there is nothing to dispose; a plugin may use its token after the call.
internal sealed class ProcessorCall(ProcessorStep step, StepTarget target, TimeProvider time)
#pragma warning restore CA1001
{
    private const int OnWorker = 0;
    private const int Awaited = 1;
    private const int Ended = 2;
    private const int Abandoned = 3;

    private readonly CancellationTokenSource _cancellation = new();
    private readonly long _startedAt = time.GetTimestamp();
    private int _state;
    private long? _cancelledAt;
    private IDisposable? _hold;

    public ProcessorStep Step => step;

    public StepTarget Target => target;

    public CancellationToken Cancellation => _cancellation.Token;

    /// <summary>Whether it was cancelled before its deadline, because the host had to end soon.</summary>
    public bool WasHurried { get; private set; }

    public TimeSpan Elapsed => time.GetElapsedTime(_startedAt);

    /// <summary>The worker goes away before the call has ended. False when the call was abandoned while the worker was in it.</summary>
    public bool TryAwait() => Interlocked.CompareExchange(ref _state, Awaited, OnWorker) == OnWorker;

    /// <summary>The call has ended. False when it had been abandoned before.</summary>
    public bool TryEnd() =>
        Interlocked.CompareExchange(ref _state, Ended, OnWorker) == OnWorker || Interlocked.CompareExchange(ref _state, Ended, Awaited) == Awaited;

    /// <summary>Cancels at the deadline, and says whether the grace after it has passed. Called by the supervisor only.</summary>
    public bool IsOverdue(long now, TimeSpan grace, bool hurry)
    {
        if (Volatile.Read(ref _state) >= Ended)
        {
            return false;
        }

        if (_cancelledAt is { } cancelledAt)
        {
            return time.GetElapsedTime(cancelledAt, now) >= grace;
        }

        var isLate = time.GetElapsedTime(_startedAt, now) >= step.Timeout;
        if (hurry || isLate)
        {
            WasHurried = !isLate;
            _cancelledAt = now;

            // On the pool: what a plugin registered on the token runs there, and may block. Its exceptions are the plugin's own.
            _ = _cancellation.CancelAsync().ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }

        return false;
    }

    /// <summary>Gives the call up. False when it has ended meanwhile.</summary>
    /// <param name="holdsWorker">Whether a worker's thread is still in it.</param>
    public bool TryAbandon(out bool holdsWorker)
    {
        holdsWorker = Interlocked.CompareExchange(ref _state, Abandoned, OnWorker) == OnWorker;
        if (!holdsWorker && Interlocked.CompareExchange(ref _state, Abandoned, Awaited) != Awaited)
        {
            return false;
        }

        var hold = target.CallAbandoned();
        if (Interlocked.CompareExchange(ref _hold, hold, null) is not null)
        {
            hold.Dispose();
        }

        return true;
    }

    /// <summary>The abandoned call has ended after all: what it ran in need not be held for it any longer.</summary>
    public void EndAbandoned() => Interlocked.Exchange(ref _hold, NoHold.Instance)?.Dispose();

    /// <summary>Stands for a hold that came too late to be needed.</summary>
    private sealed class NoHold : IDisposable
    {
        public static readonly NoHold Instance = new();

        public void Dispose()
        {
        }
    }
}

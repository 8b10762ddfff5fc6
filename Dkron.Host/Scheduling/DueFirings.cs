using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Scheduling;

/// <summary>The one place from which due firings come, in the order of their due times. Thread-safe.</summary>
/// <remarks>
/// A firing that could not be taken in time, because the clock was set forward, the machine slept, the process was held up or the
/// host was stopped, still comes, together with all others that the job has missed. A due time of a job never comes twice:
/// when the clock goes back, a job waits until its due times are later than those that came. Only when the clock goes back by more
/// than <see cref="CorrectionLimit"/>, so that it must have been plainly wrong, the new time counts at once.
/// </remarks>
internal sealed partial class DueFirings(TimeProvider time, ILogger<DueFirings> logger)
{
    /// <summary>Timers do not see the clock being set nor the machine sleeping, so the clock is looked at this often.</summary>
    private static readonly TimeSpan ClockCheckInterval = TimeSpan.FromSeconds(1);

    /// <summary>Going back by less is the daily work of clock synchronisation.</summary>
    private static readonly TimeSpan UnnoticedStep = TimeSpan.FromSeconds(2);

    /// <remarks>cron(8) draws this line at three hours; a day leaves no doubt, whatever the zone.</remarks>
    private static readonly TimeSpan CorrectionLimit = TimeSpan.FromDays(1);

    /// <summary>So many jobs are taken in before due firings get their turn.</summary>
    private const int JobsAtOnce = 512;

    private readonly Lock _setting = new();
    private readonly Lock _gate = new();
    private readonly DueTable _table = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private long _latest = long.MinValue;
    private int _waiting;

    /// <summary>Replaces the whole set of jobs. Those that are in both keep their place; takes effect at once.</summary>
    public void Set(IReadOnlyCollection<ScheduledJob> jobs)
    {
        lock (_setting)
        {
            lock (_gate)
            {
                _table.BeginRound(jobs.Count);
            }

            foreach (var chunk in jobs.Chunk(JobsAtOnce))
            {
                lock (_gate)
                {
                    var now = time.GetUtcNow().UtcTicks;
                    foreach (var job in chunk)
                    {
                        _table.Put(job, now);
                    }
                }
            }

            lock (_gate)
            {
                _table.EndRound();
            }
        }

        Wake();
    }

    /// <summary>Adds a job, or replaces the one of that name; takes effect at once.</summary>
    public void Add(ScheduledJob job)
    {
        lock (_setting)
        {
            lock (_gate)
            {
                _table.Put(job, time.GetUtcNow().UtcTicks);
            }
        }

        Wake();
    }

    /// <summary>Removes a job; false when there is none of that name.</summary>
    public bool Remove(string jobName)
    {
        lock (_setting)
        {
            lock (_gate)
            {
                return _table.Remove(jobName);
            }
        }
    }

    /// <summary>When a job is due next; null when it is unknown or does not fire by itself any more.</summary>
    public DateTimeOffset? NextOf(string jobName)
    {
        lock (_gate)
        {
            return _table.NextOf(jobName);
        }
    }

    /// <summary>Lets a job be due again after its backlog has been worked off.</summary>
    public void Release(Firing firing)
    {
        if (firing.Backlog is { } backlog)
        {
            lock (_gate)
            {
                _table.Release(firing.Job.Name.Text, backlog);
            }

            Wake();
        }
    }

    /// <inheritdoc cref="WaitAsync(Func{CancellationToken, ValueTask}, Func{DateTimeOffset, CancellationToken, Task}, CancellationToken)"/>
    public IAsyncEnumerable<Firing> WaitAsync(CancellationToken cancellationToken) => WaitAsync(static _ => ValueTask.CompletedTask, static (_, _) => Task.CompletedTask, cancellationToken);

    /// <summary>The firings, each as soon as it is due. For one reader at a time.</summary>
    /// <param name="ready">Ends when a firing may be taken. What is due meanwhile comes afterwards, and is found to be late.</param>
    /// <param name="corrected">Told what the clock shows after it had been plainly wrong, before anything is due by it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidOperationException">Somebody else reads already.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async IAsyncEnumerable<Firing> WaitAsync(Func<CancellationToken, ValueTask> ready, Func<DateTimeOffset, CancellationToken, Task> corrected, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _waiting, 1) == 1)
        {
            throw new InvalidOperationException("Due firings have one reader; another one is reading them.");
        }

        try
        {
            await using var timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await ready(cancellationToken);
                if (TryTake(out var firing, out var wait, out var correctedTo))
                {
                    yield return firing;
                }
                else if (correctedTo is { } now)
                {
                    await corrected(now, cancellationToken);
                }
                else
                {
                    timer.Change(wait, Timeout.InfiniteTimeSpan);
                    await _wake.Reader.ReadAsync(cancellationToken);
                }
            }
        }
        finally
        {
            Volatile.Write(ref _waiting, 0);
        }
    }

    /// <summary>Takes the first firing that is due, or says how long to wait at most, or that the clock was corrected.</summary>
    private bool TryTake(out Firing firing, out TimeSpan wait, out DateTimeOffset? correctedTo)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow().UtcTicks;
            (firing, wait, correctedTo) = (default, TimeSpan.Zero, LookAtClock(now));
            if (correctedTo is not null)
            {
                return false;
            }

            if (_table.TryTake(now, out firing))
            {
                return true;
            }

            // Timers count in milliseconds and cut the rest: without the one more they would come too early, over and over.
            var untilDue = Math.Min(_table.FirstDue - now, ClockCheckInterval.Ticks - TimeSpan.TicksPerMillisecond);
            wait = _table.Count == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds((untilDue / TimeSpan.TicksPerMillisecond) + 1);
            return false;
        }
    }

    /// <returns>What the clock shows when it had been plainly wrong before; otherwise null.</returns>
    private DateTimeOffset? LookAtClock(long now)
    {
        var back = _latest - now;
        if (now >= _latest || back <= UnnoticedStep.Ticks)
        {
            _latest = Math.Max(_latest, now);
            return null;
        }

        var forget = back > CorrectionLimit.Ticks;
        _table.ClockWentBack(now, forget);
        _latest = now;
        if (forget)
        {
            LogClockCorrected(TimeSpan.FromTicks(back));
            return new DateTimeOffset(now, TimeSpan.Zero);
        }

        LogClockWentBack(TimeSpan.FromTicks(back));
        return null;
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    [LoggerMessage(2001, LogLevel.Warning, "The clock went back by {Back}: what has fired does not fire again, so jobs wait until it has caught up")]
    private partial void LogClockWentBack(TimeSpan back);

    [LoggerMessage(2002, LogLevel.Warning, "The clock was corrected, back by {Back}: all jobs are scheduled anew from the time it shows now")]
    private partial void LogClockCorrected(TimeSpan back);
}

namespace Dkron.Host.Processing;

/// <summary>Watches the clock for all calls: cancels at the deadline, abandons after the grace.</summary>
/// <remarks>
/// A thread of its own, since a timer's callback would wait for a thread of the pool, and the pool may be what a plugin has
/// blocked. It sleeps while no chain runs. One look at all chains every 20 ms costs less than a timer for each call.
/// </remarks>
internal sealed class CallSupervisor : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    private static readonly int PoolThreads = MinPoolThreads();

    private readonly Action _relieveWorkers;
    private readonly object _lock = new();
    private readonly LinkedList<ChainRun> _runs = [];
    private readonly List<ChainRun> _looking = [];
    private int _abandoned;
    private bool _hurry;
    private bool _ended;

    public CallSupervisor(TimeProvider time, TimeSpan grace, Action relieveWorkers)
    {
        Time = time;
        Grace = grace;
        _relieveWorkers = relieveWorkers;
        new Thread(Watch) { IsBackground = true, Name = "dkron supervisor", Priority = ThreadPriority.AboveNormal }.Start();
    }

    public int AbandonedCalls => Volatile.Read(ref _abandoned);

    public TimeProvider Time { get; }

    /// <summary>How long a cancelled call may go on.</summary>
    public TimeSpan Grace { get; }

    public void Add(ChainRun run)
    {
        lock (_lock)
        {
            _runs.AddLast(run.Node);
            if (_runs.Count == 1)
            {
                Monitor.Pulse(_lock);
            }
        }
    }

    public void Remove(ChainRun run)
    {
        lock (_lock)
        {
            _runs.Remove(run.Node);
        }
    }

    public void Hurry()
    {
        lock (_lock)
        {
            _hurry = true;
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Counts calls that were abandoned and have not ended.</summary>
    /// <remarks>
    /// An awaited call may block a thread of the pool. The pool adds threads of its own accord only every half second or so:
    /// it is given one more at once, so that nobody waits for what a plugin blocks.
    /// </remarks>
    public void CountAbandoned(int change)
    {
        lock (_lock)
        {
            _abandoned += change;
            ThreadPool.GetMinThreads(out _, out var completionPorts);
            ThreadPool.SetMinThreads(PoolThreads + _abandoned, completionPorts);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _ended = true;
            Monitor.Pulse(_lock);
        }
    }

    private static int MinPoolThreads()
    {
        ThreadPool.GetMinThreads(out var workers, out _);
        return workers;
    }

    private void Watch()
    {
        while (true)
        {
            bool hurry;
            lock (_lock)
            {
                Monitor.Wait(_lock, _runs.Count == 0 ? Timeout.InfiniteTimeSpan : LookEvery);
                if (_ended)
                {
                    return;
                }

                hurry = _hurry;
                _looking.AddRange(_runs);
            }

            var now = Time.GetTimestamp();
            foreach (var run in _looking)
            {
                run.Look(now, hurry);
            }

            // A chain that has ended must not be held here, or its processors' load contexts would be.
            _looking.Clear();
            _relieveWorkers();
        }
    }
}

namespace Dkron.Host.Processing;

/// <summary>The threads on which processors are called. They grow in number while chains wait, and shrink again when idle.</summary>
/// <remarks>Thread-safe. A thread that an abandoned call holds is not counted, so it takes nobody's place.</remarks>
internal sealed class ChainWorkers(int maxWorkers) : IDisposable
{
    private static readonly int CoreWorkers = Math.Max(2, Environment.ProcessorCount);
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    private readonly Lock _startLock = new();
    private readonly object _lock = new();
    private readonly Queue<ChainRun> _waiting = new();
    private int _workers;
    private int _idle;
    private int _taken;
    private int _takenAtLastRelief;
    private bool _ended;

    /// <summary>Hands a chain to the next free worker.</summary>
    public void Queue(ChainRun run)
    {
        var start = false;
        lock (_lock)
        {
            _waiting.Enqueue(run);
            if (_idle > 0)
            {
                Monitor.Pulse(_lock);
            }
            else if (_workers < CoreWorkers)
            {
                _workers++;
                start = true;
            }
        }

        if (start)
        {
            Start();
        }
    }

    /// <summary>Adds workers when chains wait and none was taken up since the last look. Called by the supervisor at each look.</summary>
    public void Relieve()
    {
        var missing = 0;
        lock (_lock)
        {
            if (_waiting.Count > _idle && _taken == _takenAtLastRelief)
            {
                // Doubling reaches any number of blocked workers within a few looks, and does not overshoot short stalls.
                missing = Math.Min(Math.Min(_waiting.Count, Math.Max(CoreWorkers, _workers)), maxWorkers - _workers);
                _workers += Math.Max(0, missing);
            }

            _takenAtLastRelief = _taken;
        }

        for (var i = 0; i < missing; i++)
        {
            Start();
        }
    }

    /// <summary>A worker is held by an abandoned call: it counts no longer, and another one may take its place.</summary>
    public void Lose()
    {
        lock (_lock)
        {
            _workers--;
        }
    }

    /// <summary>A lost worker is back.</summary>
    public void Regain()
    {
        lock (_lock)
        {
            _workers++;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _ended = true;
            Monitor.PulseAll(_lock);
        }
    }

    private void Start()
    {
        lock (_startLock)
        {
            // Background, because a call that never returns must not keep the process from ending.
            new Thread(Work) { IsBackground = true, Name = "dkron processors" }.Start();
        }
    }

    private void Work()
    {
        var clean = ExecutionContext.Capture()!;
        while (Take() is { } run)
        {
            run.Continue();

            // What a processor left in AsyncLocals would otherwise live as long as this thread and hold the plugin's load context.
            ExecutionContext.Restore(clean);
        }
    }

    private ChainRun? Take()
    {
        lock (_lock)
        {
            while (true)
            {
                if (_waiting.TryDequeue(out var run))
                {
                    _taken++;
                    return run;
                }

                if (_ended || _workers > maxWorkers)
                {
                    _workers--;
                    return null;
                }

                _idle++;
                var pulsed = Monitor.Wait(_lock, IdleTime);
                _idle--;
                if (!pulsed && _waiting.Count == 0 && _workers > CoreWorkers)
                {
                    _workers--;
                    return null;
                }
            }
        }
    }
}

using Dkron.Host.Processing;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Plugins;

/// <summary>Bounds the harm one plugin can do: how many of its calls run at a time, and that it is left in peace after repeated faults.</summary>
/// <remarks>
/// Thread-safe. A call that finds no room waits without a thread. Abandoned calls do not take room, but three of them, or ten
/// faults, with no call that worked in between, pause the plugin; after the pause one call is let in to try. However many calls
/// work in between, a version of which as many abandoned calls still run as calls may run at a time is not called any more.
/// </remarks>
internal sealed partial class PluginGate(string name, int maxConcurrency, TimeProvider time, ILogger logger)
{
    private const int MaxAbandoned = 3;
    private const int MaxFaults = 10;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Queue<Action> _parked = new();
    private readonly int _maxAbandonedRunning = Math.Max(MaxAbandoned, maxConcurrency);
    private int _generation;
    private int _generationTold;
    private int _calls;
    private int _waiting;
    private int _faults;
    private int _abandoned;
    private int _pauses;
    private volatile bool _isPaused;
    private bool _isTrying;
    private long _pausedAt;
    private TimeSpan _pause;

    /// <summary>Why no call of the current generation is let in; null when calls are.</summary>
    /// <param name="abandonedRunning">How many of its abandoned calls still run.</param>
    public string? WhyClosed(int abandonedRunning)
    {
        lock (_lock)
        {
            return abandonedRunning >= _maxAbandonedRunning ? DescribeBlocked(abandonedRunning) : _isPaused ? Describe() : null;
        }
    }

    /// <summary>Lets a call in, or says why not.</summary>
    /// <param name="generation">What it is to run in.</param>
    /// <param name="abandonedRunning">How many of that generation's abandoned calls still run: each may hold a thread for ever.</param>
    /// <param name="refusal">Why not; null when it is let in or has to wait.</param>
    public CallEntry TryEnter(int generation, int abandonedRunning, out string? refusal)
    {
        refusal = null;
        if (abandonedRunning >= _maxAbandonedRunning)
        {
            refusal = DescribeBlocked(abandonedRunning);
            TellBlocked(generation, abandonedRunning);
            if (Volatile.Read(ref _waiting) > 0)
            {
                // Whoever is refused ends no call, and this may be the one that was resumed: it is the next one's turn.
                Resume(1);
            }

            return CallEntry.Refused;
        }

        if (IsPaused(generation) && EnterPaused(out refusal) is { } entry)
        {
            return entry;
        }

        for (var seen = Volatile.Read(ref _calls); seen < maxConcurrency;)
        {
            var found = Interlocked.CompareExchange(ref _calls, seen + 1, seen);
            if (found == seen)
            {
                return CallEntry.Open;
            }

            seen = found;
        }

        return CallEntry.Full;
    }

    /// <summary>Waits for room; false when there is some now, or none is needed to be refused.</summary>
    public bool Park(int generation, Action resume)
    {
        lock (_lock)
        {
            // Counted before the look at the calls, and a call leaves before it looks at the count: one of the two sees the other.
            Interlocked.Increment(ref _waiting);
            if (Volatile.Read(ref _calls) < maxConcurrency || IsPaused(generation))
            {
                Interlocked.Decrement(ref _waiting);
                return false;
            }

            _parked.Enqueue(resume);
            return true;
        }
    }

    /// <summary>A call that was let in has ended or was abandoned.</summary>
    /// <param name="generation">What it ran in; only the faults of the current one count.</param>
    /// <param name="verdict">How it ended.</param>
    public void Exit(int generation, CallVerdict verdict)
    {
        Interlocked.Decrement(ref _calls);
        if (generation != Volatile.Read(ref _generation))
        {
            // What a replaced version does says nothing about the one in its place.
        }
        else if (verdict != CallVerdict.Worked)
        {
            Count(verdict);
        }
        else if (_isPaused || Volatile.Read(ref _faults) > 0)
        {
            Recover();
        }

        if (Volatile.Read(ref _waiting) > 0)
        {
            // All when paused, once: chains that hold the version before are not refused, and wait again.
            Resume(_isPaused ? Volatile.Read(ref _waiting) : 1);
        }
    }

    /// <summary>Forgets all faults: another version is in place.</summary>
    public void Reset(int generation)
    {
        lock (_lock)
        {
            Volatile.Write(ref _generation, generation);
            Forget();
        }
    }

    // What is wrong with the current version says nothing about the one before, which a chain may still hold; and one of its calls
    // would never end the trial.
    private bool IsPaused(int generation) => _isPaused && generation == Volatile.Read(ref _generation);

    private CallEntry? EnterPaused(out string? refusal)
    {
        lock (_lock)
        {
            refusal = null;
            if (!_isPaused)
            {
                return null;
            }

            if (!_isTrying && time.GetElapsedTime(_pausedAt) >= _pause)
            {
                // Whatever the limit is: a trial that found no room would never end.
                Interlocked.Increment(ref _calls);
                _isTrying = true;
                return CallEntry.Open;
            }

            refusal = Describe();
            return CallEntry.Refused;
        }
    }

    private void Count(CallVerdict verdict)
    {
        lock (_lock)
        {
            _faults++;
            _abandoned += verdict == CallVerdict.Abandoned ? 1 : 0;
            if (_isPaused ? !_isTrying : _abandoned < MaxAbandoned && _faults < MaxFaults)
            {
                return;
            }

            _pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(_pauses, 10)));
            _pausedAt = time.GetTimestamp();
            _isTrying = false;
            _isPaused = true;
            PluginMeters.Paused.Add(1);
            if (_pauses++ == 0)
            {
                LogPaused(name, Faults, _pause.TotalSeconds);
            }
            else
            {
                LogPausedAgain(name, _pause.TotalSeconds);
            }
        }
    }

    private void Recover()
    {
        lock (_lock)
        {
            if (_isPaused)
            {
                LogRecovered(name);
            }

            Forget();
        }
    }

    private void Forget()
    {
        _faults = _abandoned = _pauses = 0;
        _isTrying = false;
        _isPaused = false;
    }

    private void Resume(int count)
    {
        for (; count > 0; count--)
        {
            Action? resume;
            lock (_lock)
            {
                if (!_parked.TryDequeue(out resume))
                {
                    return;
                }

                Interlocked.Decrement(ref _waiting);
            }

            resume();
        }
    }

    private string Faults => _abandoned >= MaxAbandoned ? $"{_abandoned} calls did not end in their time and were abandoned" : $"{_faults} calls in a row failed";

    private string Describe()
    {
        var left = _pause - time.GetElapsedTime(_pausedAt);
        return $"plugin '{name}' is paused: {Faults}; {(_isTrying ? "one call tries it now" : left > TimeSpan.Zero ? $"it is tried again in {Math.Ceiling(left.TotalSeconds):0} s" : "the next call tries it again")}";
    }

    private string DescribeBlocked(int abandonedRunning) =>
        $"plugin '{name}' is not called: {abandonedRunning} calls of this version did not end in their time and still run; it is called again when some of them have ended, a new version at once";

    private void TellBlocked(int generation, int abandonedRunning)
    {
        lock (_lock)
        {
            if (generation <= _generationTold)
            {
                return;
            }

            _generationTold = generation;
        }

        LogBlocked(name, abandonedRunning);
    }

    [LoggerMessage(6050, LogLevel.Warning, "Plugins: {Plugin} is paused, because {Faults}; one call tries it after {Seconds:0} s, and a new version at once")]
    private partial void LogPaused(string plugin, string faults, double seconds);

    [LoggerMessage(6051, LogLevel.Debug, "Plugins: {Plugin} stays paused for {Seconds:0} s more")]
    private partial void LogPausedAgain(string plugin, double seconds);

    [LoggerMessage(6052, LogLevel.Information, "Plugins: {Plugin} works again")]
    private partial void LogRecovered(string plugin);

    [LoggerMessage(6053, LogLevel.Warning, "Plugins: {Plugin} is not called any more: {Count} calls of this version did not end in their time and still run, each on a thread that nobody can end; a new version is called at once, and a restart ends them")]
    private partial void LogBlocked(string plugin, int count);
}

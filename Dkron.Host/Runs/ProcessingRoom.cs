using Dkron.Host.Processing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dkron.Host.Runs;

/// <summary>Bounds how many executions are with their processors at a time, and keeps each there only once.</summary>
/// <remarks>
/// Thread-safe. While results wait on disk, newer ones queue up behind them there, so that nobody waits for ever. Firing goes on
/// whatever happens here.
/// </remarks>
internal sealed partial class ProcessingRoom(IOptions<ProcessingOptions> options, TimeProvider time, ILogger<ProcessingRoom> logger)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private bool _isSpilt = true;   // what an earlier host left behind
    private bool _isAskedFor;
    private DateTimeOffset? _fullSince;

    /// <summary>Rung when there is room, or something new on disk.</summary>
    public Bell Bell { get; } = new(time);

    public int Limit => options.Value.MaxExecutions;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _ids.Count;
            }
        }
    }

    /// <summary>Since when results wait on disk because there is no room; null when none do.</summary>
    public DateTimeOffset? FullSince
    {
        get
        {
            lock (_lock)
            {
                return _fullSince;
            }
        }
    }

    /// <summary>Whether results may wait on disk.</summary>
    public bool IsSpilt
    {
        get
        {
            lock (_lock)
            {
                return _isSpilt;
            }
        }
    }

    /// <summary>Takes a place for a new result. False when it is to wait on disk; then <see cref="Spill"/> must follow once it is there.</summary>
    public bool TryEnter(string id)
    {
        lock (_lock)
        {
            return !_isSpilt && _ids.Count < Limit && _ids.Add(id);
        }
    }

    /// <summary>Takes a place for what lies on disk. False when it has one already, or there is none.</summary>
    public bool TryTakeUp(string id)
    {
        lock (_lock)
        {
            var isIn = _ids.Count < Limit && _ids.Add(id);
            _isAskedFor |= !isIn;
            return isIn;
        }
    }

    /// <summary>Keeps everybody else from an execution, whether there is room or not. False when it has a place.</summary>
    public bool TryHold(string id)
    {
        lock (_lock)
        {
            return _ids.Add(id);
        }
    }

    /// <summary>Lets the next one that leaves ring.</summary>
    public void AskForMore()
    {
        lock (_lock)
        {
            _isAskedFor = true;
        }
    }

    public bool IsIn(string id)
    {
        lock (_lock)
        {
            return _ids.Contains(id);
        }
    }

    public void Leave(string id)
    {
        bool isWorthALook;
        lock (_lock)
        {
            _ids.Remove(id);
            // Not for each single one: a look goes through all that lie on disk.
            isWorthALook = (_isSpilt || _isAskedFor) && _ids.Count <= Limit * 3 / 4;
            _isAskedFor &= !isWorthALook;
        }

        if (isWorthALook)
        {
            Bell.Ring();
        }
    }

    /// <summary>Notes that a result waits on disk.</summary>
    public void Spill()
    {
        var isNew = false;
        lock (_lock)
        {
            _isSpilt = true;
            if (_ids.Count >= Limit && _fullSince is null)
            {
                _fullSince = time.GetUtcNow();
                isNew = true;
            }
        }

        if (isNew)
        {
            LogFull(Limit);
        }

        Bell.Ring();
    }

    /// <summary>Looks through what lies on disk; when nothing is left there, new results need not go there any more.</summary>
    /// <param name="takeUp">Takes up what it can, and says whether it saw all.</param>
    public void Drain(Func<bool> takeUp)
    {
        lock (_lock)
        {
            // Whoever spills from here on is seen by the next look.
            _isSpilt = false;
        }

        DateTimeOffset? since = null;
        var sawAll = false;
        try
        {
            sawAll = takeUp();
        }
        finally
        {
            // What could not be looked through waits there still.
            lock (_lock)
            {
                _isSpilt |= !sawAll;
                if (!_isSpilt)
                {
                    (since, _fullSince) = (_fullSince, null);
                }
            }
        }

        if (since is { } full)
        {
            LogDrained(time.GetUtcNow() - full);
        }
    }

    [LoggerMessage(8070, LogLevel.Warning, "Processors are slower than results come: {Limit} executions are with them (Dkron:Processing:MaxExecutions); further results wait on disk for their turn")]
    private partial void LogFull(int limit);

    [LoggerMessage(8071, LogLevel.Information, "All results that waited on disk for their processors were taken up, after {Duration}")]
    private partial void LogDrained(TimeSpan duration);
}

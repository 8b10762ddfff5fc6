namespace Dkron.Host.Plugins;

/// <summary>Collects signs that something changed, and wakes the thread that waits for one.</summary>
internal sealed class SignsOfChange
{
    private readonly object _lock = new();
    private HashSet<string> _plugins = new(StringComparer.Ordinal);
    private bool _all;
    private bool _isSigned;
    private bool _isAwake;

    /// <summary>Notes a sign.</summary>
    /// <param name="path">A path below a plugin folder; null when anything may have changed.</param>
    public void Add(string? path)
    {
        var first = path?.Split(Path.DirectorySeparatorChar, 2)[0];

        // Kubernetes keeps what it mounts below names that begin with two dots. Anything else in there is nobody's plugin.
        var isAll = first is null || first.StartsWith("..", StringComparison.Ordinal);
        if (!isAll && !first!.StartsWith("dkron-", StringComparison.Ordinal))
        {
            return;
        }

        lock (_lock)
        {
            _all |= isAll;
            if (!isAll)
            {
                _plugins.Add(first!.Split('.')[0]);
            }

            if (!_isSigned)
            {
                _isSigned = true;
                Monitor.Pulse(_lock);
            }
        }
    }

    /// <summary>Ends the wait: there is something to do other than to look at what changed.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            _isAwake = true;
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>The signs since the last time: assembly names of plugins, and whether anything else may have changed.</summary>
    public (IReadOnlySet<string> Plugins, bool All) Take()
    {
        lock (_lock)
        {
            var taken = (_plugins, _all);
            _plugins = new HashSet<string>(StringComparer.Ordinal);
            _all = false;
            return taken;
        }
    }

    /// <summary>Blocks until there is a sign, but no longer than a limit. A thread waits here, since a timer would wait for the thread pool.</summary>
    /// <param name="limit">The longest wait.</param>
    /// <param name="pause">How long signs are collected from the first on, since they come in swarms.</param>
    public void Wait(TimeSpan limit, TimeSpan pause)
    {
        lock (_lock)
        {
            if (!_isAwake && !_isSigned)
            {
                Monitor.Wait(_lock, limit);
            }

            if (_isSigned && !_isAwake)
            {
                Monitor.Wait(_lock, pause);
            }

            (_isAwake, _isSigned) = (false, false);
        }
    }
}

using System.Threading.Channels;

namespace Dkron.Host.Plugins;

/// <summary>Collects signs that something changed, and wakes whoever waits for one.</summary>
internal sealed class SignsOfChange
{
    private readonly Lock _lock = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private HashSet<string> _plugins = new(StringComparer.Ordinal);
    private bool _all;

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
        }

        Wake();
    }

    public void Wake() => _wake.Writer.TryWrite(true);

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

    /// <summary>Waits for a sign, but no longer than a limit.</summary>
    public async Task WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var enough = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancellationToken);
        try
        {
            await _wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // No sign came: time to look anyway.
        }
    }
}

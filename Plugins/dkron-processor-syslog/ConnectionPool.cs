using System.Collections.Concurrent;

namespace Dkron.Processors.Syslog;

/// <summary>Keeps connections that are not in use, for the next call with the same target, and bounds how many are in use.</summary>
internal sealed class ConnectionPool(TimeProvider time) : IAsyncDisposable
{
    // More would not send faster, and a server that must agree on TLS with a hundred callers at once drops some.
    private const int MaxConnections = 16;
    private static readonly TimeSpan MaxIdleTime = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly List<Idle> _idle = [];
    private readonly ConcurrentDictionary<SyslogTarget, SemaphoreSlim> _turns = [];
    private bool _disposed;

    /// <summary>Waits until fewer than 16 calls use connections to this target. The call's turn ends when what is returned is disposed.</summary>
    public async ValueTask<IDisposable> WaitForTurnAsync(SyslogTarget target, CancellationToken cancellationToken)
    {
        var turns = _turns.GetOrAdd(target, _ => new SemaphoreSlim(MaxConnections));
        await turns.WaitAsync(cancellationToken);
        return new Turn(turns);
    }

    /// <summary>Takes out the connection used last, or gives null. Those that are of no use any more are closed.</summary>
    public async ValueTask<ISyslogConnection?> TakeAsync(SyslogTarget target)
    {
        var unusable = new List<Idle>();
        Idle? taken;
        lock (_lock)
        {
            var oldest = time.GetTimestamp() - (long)(MaxIdleTime.TotalSeconds * time.TimestampFrequency);
            unusable.AddRange(_idle.Where(idle => idle.Since < oldest || !idle.Connection.IsReusable));
            _idle.RemoveAll(unusable.Contains);
            taken = _idle.FindLast(idle => idle.Target == target);
            _idle.RemoveAll(idle => idle == taken);
        }

        await CloseAsync(unusable);
        return taken?.Connection;
    }

    public async ValueTask ReturnAsync(SyslogTarget target, ISyslogConnection connection)
    {
        lock (_lock)
        {
            if (!_disposed && connection.IsReusable)
            {
                _idle.Add(new Idle(target, connection, time.GetTimestamp()));
                return;
            }
        }

        await connection.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        List<Idle> all;
        lock (_lock)
        {
            _disposed = true;
            all = [.. _idle];
            _idle.Clear();
        }

        await CloseAsync(all);
    }

    private static async ValueTask CloseAsync(List<Idle> connections) => await Task.WhenAll(connections.Select(idle => idle.Connection.DisposeAsync().AsTask()));

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }

    private sealed record Idle(SyslogTarget Target, ISyslogConnection Connection, long Since);
}

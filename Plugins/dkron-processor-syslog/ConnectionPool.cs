namespace Dkron.Processors.Syslog;

/// <summary>Keeps connections that are not in use, for the next call with the same target.</summary>
internal sealed class ConnectionPool(TimeProvider time) : IAsyncDisposable
{
    private const int MaxIdle = 16;
    private static readonly TimeSpan MaxIdleTime = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly List<Idle> _idle = [];
    private bool _disposed;

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
        var surplus = new List<Idle>();
        lock (_lock)
        {
            var idle = new Idle(target, connection, time.GetTimestamp());
            (_disposed || !connection.IsReusable ? surplus : _idle).Add(idle);
            if (_idle.Count > MaxIdle)
            {
                surplus.Add(_idle[0]);
                _idle.RemoveAt(0);
            }
        }

        await CloseAsync(surplus);
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

    private sealed record Idle(SyslogTarget Target, ISyslogConnection Connection, long Since);
}

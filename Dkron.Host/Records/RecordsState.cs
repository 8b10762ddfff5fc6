using Microsoft.Extensions.Logging;

namespace Dkron.Host.Records;

/// <summary>Whether the disk takes what is written; says so once when that changes.</summary>
internal sealed partial class RecordsState(TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _reasons = new(StringComparer.Ordinal);   // by what cannot be written
    private DateTimeOffset? _since;

    public bool IsWritable
    {
        get
        {
            lock (_lock)
            {
                return _reasons.Count == 0;
            }
        }
    }

    public RecordsHealth Health(int waitingWrites)
    {
        lock (_lock)
        {
            return new RecordsHealth(_reasons.Count == 0 ? null : string.Join(" ", _reasons.Values.Distinct()), _since, waitingWrites);
        }
    }

    public void Fail(string what, string reason)
    {
        lock (_lock)
        {
            var isNew = _reasons.Count == 0;
            _reasons[what] = reason;
            if (isNew)
            {
                _since = time.GetUtcNow();
                LogFailing(reason);
            }
        }
    }

    public void Recover(string what)
    {
        lock (_lock)
        {
            if (_reasons.Remove(what) && _reasons.Count == 0)
            {
                LogRecovered(time.GetUtcNow() - _since!.Value);
                _since = null;
            }
        }
    }

    [LoggerMessage(4001, LogLevel.Error, "Records: nothing can be written, so nothing new may start; what runs waits in memory. {Reason}")]
    private partial void LogFailing(string reason);

    [LoggerMessage(4002, LogLevel.Information, "Records: writing works again after {Duration}; all that waited is being written")]
    private partial void LogRecovered(TimeSpan duration);
}

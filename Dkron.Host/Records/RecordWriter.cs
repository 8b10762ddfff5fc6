using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Records;

/// <summary>The one that writes: takes all that waits as one transaction, so that a sync to disk is shared by everyone who asked for it.</summary>
/// <remarks>A thread of its own: a plugin that blocks the thread pool must not keep results from the disk.</remarks>
internal sealed partial class RecordWriter : IAsyncDisposable
{
    private const string Database = "database";
    private const int LargestBatch = 1024;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetentionInterval = TimeSpan.FromSeconds(30);

    private readonly DataPaths _paths;
    private readonly string _file;
    private readonly BatchWriter _writer;
    private readonly RecordsState _state;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WriteQueue _queue;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _retryTimer;
    private readonly ITimer _retentionTimer;
    private readonly List<WriteRequest> _batch = [];
    private TimeSpan _backoff = FirstRetry;
    private int _size = LargestBatch;
    private volatile bool _isRetryDue = true;
    private volatile bool _isRetentionDue = true;
    private volatile bool _isStopping;

    public RecordWriter(DataPaths paths, SqliteConnection connection, JobTable jobs, OutputCleaner cleaner, RecordsState state, RecordOptions options, TimeProvider time, ILogger logger)
    {
        _paths = paths;
        _file = paths.Database;
        _writer = new BatchWriter(paths, connection, jobs, cleaner, options, time, logger);
        _state = state;
        _time = time;
        _logger = logger;
        _queue = new WriteQueue(options.MaxWaitingWrites);
        Notes = new WriteBehind(_queue.Wake, time);
        _retryTimer = Timer(() => _isRetryDue = true);
        _retentionTimer = Timer(() => _isRetentionDue = true);
        _retentionTimer.Change(RetentionInterval, RetentionInterval);
        new Thread(Run) { Name = "records", IsBackground = true }.Start();
    }

    /// <summary>What is written without anyone waiting for it.</summary>
    public WriteBehind Notes { get; }

    /// <summary>How many writes wait or are being written.</summary>
    public int WaitingWrites => _queue.Count;

    /// <summary>Writes in the next transaction.</summary>
    public Task<T> WriteAsync<T>(Func<WriteBatch, T> apply, CancellationToken cancellationToken) => _queue.AddAsync(apply, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        _isStopping = true;
        _queue.Wake();
        await _ended.Task;
        await Notes.DisposeAsync();
        await _retryTimer.DisposeAsync();
        await _retentionTimer.DisposeAsync();
        await _queue.DisposeAsync();   // after the timers, which wake it
        await _writer.DisposeAsync();
    }

    private ITimer Timer(Action elapsed) => _time.CreateTimer(
        _ =>
        {
            elapsed();
            _queue.Wake();
        },
        null,
        Timeout.InfiniteTimeSpan,
        Timeout.InfiniteTimeSpan);

    private void Run()
    {
#pragma warning disable CA1031 // The top of the thread: whatever ends it must reach those who wait.
        try
        {
            while (!_isStopping)
            {
                _queue.WaitForWork(_isRetryDue && _writer.PrunesAfter is { } rest ? rest : Timeout.InfiniteTimeSpan);
                while (WriteSome())
                {
                }
            }

            _isRetryDue = true;
            Notes.Hurry();
            while (WriteSome())
            {
            }

            GiveUp(new RecordsException($"{_file}: the agent stopped before this could be written. {_state.Health(0).Reason}"));
            _ended.TrySetResult();
        }
        catch (Exception e)
        {
            LogBroken(e);
            _state.Fail(Database, $"{_file}: the writer ended with an error that should not be: {e.Message} Restart the agent.");
            _queue.Close();
            GiveUp(e);
            _ended.TrySetResult();
        }
#pragma warning restore CA1031
    }

    /// <returns>Whether to look again at once.</returns>
    private bool WriteSome()
    {
        if (!_isRetryDue)
        {
            return false;
        }

        Collect();
        if (_isRetentionDue)
        {
            _isRetentionDue = false;
            _writer.LookForOld();
        }

        var prunes = !_isStopping && _writer.PrunesAfter == TimeSpan.Zero;
        if (_batch.Count == 0 && !prunes && !_writer.HasUnacknowledged)
        {
            return false;
        }

        try
        {
            Write(prunes);
            return true;
        }
        catch (Exception e) when (DatabaseErrors.IsEnvironment(e))
        {
            _writer.Rollback();
            _batch.ForEach(request => request.PutBack());
            if (DatabaseErrors.IsDamage(e))
            {
                SuspectDatabase.Mark(_paths);
            }

            _state.Fail(Database, DatabaseErrors.Explain(_file, e));
            _isRetryDue = false;
            _retryTimer.Change(_backoff, Timeout.InfiniteTimeSpan);
            _backoff = _backoff * 2 > LastRetry ? LastRetry : _backoff * 2;
            return false;
        }
#pragma warning disable CA1031 // One write that cannot be done must not keep the others from the disk.
        catch (Exception e)
        {
            _writer.Rollback();
            Isolate(e);
            return true;
        }
#pragma warning restore CA1031
    }

    private void Collect()
    {
        Notes.MoveTo(_batch);
        _queue.MoveTo(_batch, LargestBatch);
        _batch.RemoveAll(request => !request.TryTake());
    }

    private void Write(bool prunes)
    {
        var count = Math.Min(_size, _batch.Count);
        _writer.Write(_batch, count, prunes);
        _size = _batch.Count == 0 ? LargestBatch : _size;
        _backoff = FirstRetry;
        _state.Recover(Database);
    }

    /// <summary>Writes one by one until the one that cannot be written is found.</summary>
    private void Isolate(Exception error)
    {
        if (error is RecordsException { InnerException: SqliteException })
        {
            return;   // pruning, which waits now
        }

        if (_size == 1 || _batch.Count <= 1)
        {
            if (_batch.Count > 0)
            {
                LogRefused(error);
                _batch[0].Fail(error);
                _batch.RemoveAt(0);
                _size = LargestBatch;   // the others share a transaction again
            }
        }
        else
        {
            _size = 1;
        }
    }

    private void GiveUp(Exception error)
    {
        _writer.GiveUp(_batch);
        _queue.MoveTo(_batch, int.MaxValue);
        if (_batch.Count > 0)
        {
            LogLost(_batch.Count, error.Message);
            _batch.ForEach(request => request.Fail(error));
        }
    }

    [LoggerMessage(4010, LogLevel.Error, "Records: a write was refused")]
    private partial void LogRefused(Exception error);

    [LoggerMessage(4012, LogLevel.Critical, "Records: the writer ended")]
    private partial void LogBroken(Exception error);

    [LoggerMessage(4013, LogLevel.Critical, "Records: {Count} results could not be written and are lost: {Reason}")]
    private partial void LogLost(int count, string reason);
}

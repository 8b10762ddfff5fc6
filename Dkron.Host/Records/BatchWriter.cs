using System.Diagnostics;
using Dkron.Host.Plugins;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Records;

/// <summary>Writes what waits as one synced transaction, and prunes a little along with it. The writer thread's alone.</summary>
internal sealed partial class BatchWriter : IAsyncDisposable
{
    private readonly string _file;
    private readonly FileIdentity? _opened;
    private readonly RecordStatements _statements;
    private readonly OpenExecutions _open;
    private readonly JobTable _jobs;
    private readonly Retention _retention;
    private readonly OutputCleaner _cleaner;
    private readonly Checkpointer _checkpointer;
    private readonly LogSync _log;
    private readonly CommitMark _mark;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private (WriteBatch Batch, List<WriteRequest> Requests)? _committed;
    private long _commits;
    private long _prunedAt;
    private TimeSpan _rest;
    private bool _hasFailed;

    public BatchWriter(DataPaths paths, SqliteConnection connection, JobTable jobs, OutputCleaner cleaner, RecordOptions options, TimeProvider time, ILogger logger)
    {
        _file = paths.Database;
        _opened = FileIdentity.Of(_file);
        _statements = new RecordStatements(connection);
        _open = new OpenExecutions(connection);
        _jobs = jobs;
        _retention = new Retention(options, jobs, time);
        _cleaner = cleaner;
        _checkpointer = new Checkpointer(paths.Database, connection, logger);
        _log = LogSync.Open(paths.Database);
        _mark = new CommitMark(paths.Commits);
        _time = time;
        _logger = logger;
        _commits = CommitMark.Counted(connection);
    }

    /// <summary>How long until there is something to prune; null when there is nothing.</summary>
    /// <remarks>Between two steps the disk rests for longer than the step took, so that who writes finds it idle.</remarks>
    public TimeSpan? PrunesAfter
    {
        get
        {
            var rest = _rest - Stopwatch.GetElapsedTime(_prunedAt);
            return !_retention.HasWork ? null : rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
        }
    }

    /// <summary>Looks again for what is too old or too much.</summary>
    public void LookForOld() => _retention.Tick();

    /// <summary>Whether something is committed and not acknowledged, because it could not be synced.</summary>
    public bool HasUnacknowledged => _committed is not null;

    /// <summary>Writes the first of these requests and completes them. What is committed is taken from the list.</summary>
    /// <exception cref="Exception">What is still in the list is not on disk, or nobody knows: call <see cref="Rollback"/> and try again.</exception>
    public void Write(List<WriteRequest> requests, int count, bool prunes)
    {
        RequireFile();
        if (_committed is not null)
        {
            // A sync that worked after one that failed proves nothing about what the failed one was to bring to disk: fsync(2), notes.
            _checkpointer.CarryAll();
            Acknowledge();
        }

        if (count == 0 && !prunes)
        {
            return;
        }

        var began = Stopwatch.GetTimestamp();
        if (TryCommit(requests, count, prunes))
        {
            _log.Sync();
            Acknowledge();
            _checkpointer.AfterCommit();
        }

        if (prunes)
        {
            _prunedAt = Stopwatch.GetTimestamp();
            _rest = 2 * Stopwatch.GetElapsedTime(began);
        }
    }

    /// <summary>Gives up what is committed and could not be synced: its callers are to be told.</summary>
    public void GiveUp(List<WriteRequest> requests)
    {
        requests.AddRange(_committed?.Requests ?? []);
        _committed = null;
    }

    public void Rollback()
    {
        _hasFailed = true;
        _statements.Reset();
        try
        {
            _statements.Rollback.Run();
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself, as it does when the disk is full.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _checkpointer.DisposeAsync();
        _mark.Dispose();
        _log.Dispose();
        _open.Dispose();
        _statements.Dispose();
    }

    /// <returns>False when there was nothing to write. After a failure something is written all the same: only that tells that it works again.</returns>
    private bool TryCommit(List<WriteRequest> requests, int count, bool prunes)
    {
        var batch = new WriteBatch(_statements, _jobs, _open, _time);
        batch.Begin();
        for (var i = 0; i < count; i++)
        {
            requests[i].Apply(batch);
        }

        var hasPruned = prunes && Prune(batch, Math.Max(Retention.SmallestStep, count));
        if (count == 0 && !hasPruned && !_hasFailed)
        {
            _statements.Rollback.Run();
            return false;
        }

        _statements.StoreCommits.Bind(_commits + 1).Run();
        batch.Commit();
        // From here on it must not be applied again, whatever happens.
        _committed = (batch, requests.GetRange(0, count));
        requests.RemoveRange(0, count);
        return true;
    }

    private void Acknowledge()
    {
        _hasFailed = false;
        var (batch, requests) = _committed!.Value;
        _committed = null;
        _commits++;
        _mark.Write(_commits);
        batch.Publish();
        _retention.Notice(batch.ChangedJobs);
        _cleaner.Delete(batch.FilesToDelete);
        requests.ForEach(request => request.Complete());
    }

    /// <summary>SQLite does not notice that its file has another name, or none, by now, and goes on writing what nobody will find.</summary>
    private void RequireFile()
    {
        if (FileIdentity.Of(_file) is not { } found)
        {
            throw new IOException("it is gone. The data directory was deleted or moved while the agent runs: bring it back, or restart the agent.");
        }

        if ((found.Device, found.Inode) != (_opened?.Device, _opened?.Inode))
        {
            throw new IOException("it was replaced while the agent runs: another file lies in its place, to which this agent does not write. Restart the agent, which then goes on with that file.");
        }
    }

    private bool Prune(WriteBatch batch, int limit)
    {
        try
        {
            return _retention.Step(batch, limit);
        }
        catch (SqliteException e)
        {
            // A damaged page among old records must not keep new ones from the disk.
            _retention.Pause();
            LogPruneFailed(DatabaseErrors.Explain(_file, e));
            throw new RecordsException("Pruning failed.", e);
        }
    }

    [LoggerMessage(4011, LogLevel.Error, "Records: old executions cannot be removed: {Reason}")]
    private partial void LogPruneFailed(string reason);
}

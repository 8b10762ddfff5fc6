using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Dkron.Host.Records;

/// <summary>Carries pages from the log into the database beside the writer, so that a commit waits for its own sync only.</summary>
/// <remarks>A log that is always written to never begins anew: when it has grown long, the writer must carry the rest itself, which is little by then.</remarks>
internal sealed partial class Checkpointer : IAsyncDisposable
{
    private const long PagesBetween = 3_000;     // 12 MiB: few enough for a sync that others hardly notice
    private const long LongLogPages = 5_000;     // it is to begin anew before it outgrows what is reserved for it: LogSync.Reserve
    private const long FewPages = 500;
    private const int MostPasses = 10;
    private const int PagesWritten = 9;   // SQLITE_DBSTATUS_CACHE_WRITE: to the log
    private const int ResetStatus = 1;
    private const long HugeLog = 2 * DatabaseConnections.LogCutBackTo;
    private const int HugeInARow = 2;   // between two looks the writer lets it begin anew, if that can be done
    private readonly string _file;
    private readonly ILogger _logger;
    private readonly sqlite3 _writer;
    private readonly SqliteStatement _writersOwn;
    private readonly SqliteStatement _writersAll;
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Task _work;
    private long _pages;
    private volatile bool _isLogLong;
    private int _timesHuge;

    public Checkpointer(string file, SqliteConnection writer, ILogger logger)
    {
        _file = file;
        _logger = logger;
        _writer = writer.Handle!;
        _writersOwn = new SqliteStatement(writer, "PRAGMA wal_checkpoint(PASSIVE)");
        _writersAll = new SqliteStatement(writer, "PRAGMA wal_checkpoint(TRUNCATE)");
        _work = Task.Run(WorkAsync);
    }

    /// <summary>The writer's, between two transactions.</summary>
    public void AfterCommit()
    {
        if (_isLogLong)
        {
            _isLogLong = false;
            CarryRest();
        }

        _ = raw.sqlite3_db_status(_writer, PagesWritten, out var written, out _, ResetStatus);
        _pages += written;
        if (_pages >= PagesBetween)
        {
            _pages = 0;
            _signals.Writer.TryWrite(true);
        }
    }

    /// <summary>Carries the whole log into the database, syncs that, and lets the log begin anew. The writer's, between two transactions.</summary>
    /// <exception cref="IOException">Somebody reads from the log; try again.</exception>
    public void CarryAll()
    {
        var isBusy = _writersAll.Step() && _writersAll.Number(0) != 0;
        _writersAll.Reset();
        if (isBusy)
        {
            throw new IOException("after an error of the disk its log must be carried into the database, but somebody reads from it. It is tried again.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _signals.Writer.Complete();
        await _work;
        _writersOwn.Dispose();
        _writersAll.Dispose();
    }

    /// <summary>What was committed is on disk and acknowledged: a failure here must not look like one of the commit.</summary>
    private void CarryRest()
    {
        try
        {
            _writersOwn.Run();
        }
        catch (SqliteException e)
        {
            LogFailed(e.Message);
        }
    }

    private async Task WorkAsync()
    {
        await foreach (var _ in _signals.Reader.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                using var connection = DatabaseConnections.OpenToCheckpoint(_file);
                using var checkpoint = new SqliteStatement(connection, "PRAGMA wal_checkpoint(PASSIVE)");
                _isLogLong = CarryMost(connection, checkpoint) is { } length ? length > LongLogPages : _isLogLong;
                TellIfHuge("probably something reads from the database all the time, as a very long query or a backup does; it is cut back after that has ended");
            }
            catch (SqliteException e)
            {
                // The log only grows; when that fills the disk, the writer is the one to say so.
                LogFailed(e.Message);
                TellIfHuge($"it cannot be carried into the database: {e.Message}");
            }
        }
    }

    private void TellIfHuge(string reason)
    {
        var length = new FileInfo(_file + "-wal") is { Exists: true } log ? log.Length : 0;
        if (length <= DatabaseConnections.LogCutBackTo)
        {
            _timesHuge = 0;
        }
        else if (length > HugeLog && ++_timesHuge == HugeInARow)
        {
            LogHuge(length >> 20, reason);
        }
    }

    /// <summary>Carries what is there, and while the log is long also what came meanwhile, until little is left to the writer.</summary>
    /// <returns>The pages in the log; null when somebody else carries it at this moment.</returns>
    private static long? CarryMost(SqliteConnection connection, SqliteStatement checkpoint)
    {
        var (length, carried, before) = (0L, 0L, 0L);
        for (var i = 0; i < MostPasses && (i == 0 || (length > LongLogPages && carried - before > FewPages)); i++)
        {
            before = carried;
            var isBusy = checkpoint.Step() && checkpoint.Number(0) != 0;
            (length, carried) = (checkpoint.Number(1), checkpoint.Number(2));
            checkpoint.Reset();
            if (isBusy)
            {
                return null;
            }

            if (length > LongLogPages)
            {
                // SQLite syncs the database only when it has carried the last page, which the writer would wait for.
                DatabaseSync.Sync(connection);
            }
        }

        return length;
    }

    [LoggerMessage(4041, LogLevel.Warning, "Records: the log of the database has grown to {Megabytes} MB: {Reason}")]
    private partial void LogHuge(long megabytes, string reason);

    [LoggerMessage(4040, LogLevel.Debug, "Records: the log could not be carried into the database: {Reason}")]
    private partial void LogFailed(string reason);
}

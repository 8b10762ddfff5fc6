using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Dkron.Host.Records;

/// <summary>Opens the database: once to write, many times to read.</summary>
internal sealed class DatabaseConnections(string file) : IDisposable
{
    /// <summary>Only takes effect before the first table, so it comes before all else.</summary>
    public const string GiveBackPages = "PRAGMA auto_vacuum = INCREMENTAL";

    /// <summary>What the log's file is cut back to, in bytes, when the log begins anew and the file is longer.</summary>
    public const long LogCutBackTo = 64L * 1024 * 1024;

    static DatabaseConnections()
    {
        // One thread at a time uses a connection, so SQLite need not lock it for every value (sqlite.org/threadsafe.html), nor count its
        // memory under a lock. When someone has opened a database before, this changes nothing.
        Batteries_V2.Init();
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    private readonly string _reading = new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, DefaultTimeout = 5 }.ToString();

    /// <summary>Whether SQLite would take a file for a new database: one of no byte, or of one.</summary>
    public static bool IsEmpty(string file) => LengthOf(file) is 0 or 1;

    /// <summary>The one connection that writes. It writes nothing before <see cref="PrepareToWrite"/>, not even when it is closed: a damaged file stays as it was found.</summary>
    public static SqliteConnection OpenToWrite(string file)
    {
        KeepLogOfNothing(file);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 5 }.ToString());
        try
        {
            connection.Open();
            KeepLogAtClose(connection, keep: true);
            // NORMAL syncs all but the commits: these are synced apart.
            RecordSchema.Execute(connection, LogSync.IsOurs ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL");
            // The checkpointer does it, beside the writer.
            RecordSchema.Execute(connection, "PRAGMA wal_autocheckpoint = 0");
            RecordSchema.Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA journal_size_limit = {LogCutBackTo}"));
            RecordSchema.Execute(connection, "PRAGMA cache_size = -16384");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Brings a database that was found to be ours and whole into the form in which it is written.</summary>
    public static void PrepareToWrite(SqliteConnection connection)
    {
        RecordSchema.Execute(connection, GiveBackPages);
        RecordSchema.Execute(connection, "PRAGMA journal_mode = WAL");
    }

    /// <summary>Whether the log stays when the last connection is closed, instead of being carried into the database.</summary>
    public static void KeepLogAtClose(SqliteConnection connection, bool keep)
    {
        const int NoCheckpointOnClose = 1006;   // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, sqlite.org/c3ref/c_dbconfig_defensive.html
        SqliteException.ThrowExceptionForRC(raw.sqlite3_db_config(connection.Handle, NoCheckpointOnClose, keep ? 1 : 0, out _), connection.Handle);
    }

    /// <summary>A connection beside the writer's that only carries the log into the database. It must exist.</summary>
    public static SqliteConnection OpenToCheckpoint(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        try
        {
            connection.Open();
            RecordSchema.Execute(connection, "PRAGMA synchronous = FULL");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A command of a text that stands in this folder; values come as parameters.</summary>
    public static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Texts are put together from names and conditions of this folder only.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    /// <summary>A pooled connection that cannot write.</summary>
    public SqliteConnection OpenToRead()
    {
        KeepLogOfNothing(file);
        var connection = new SqliteConnection(_reading);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        using var any = new SqliteConnection(_reading);
        SqliteConnection.ClearPool(any);
    }

    /// <summary>SQLite deletes the log of an empty database, also when it only reads, and the log may hold all there is.</summary>
    /// <exception cref="SqliteException">The database is empty and has a log that is not.</exception>
    private static void KeepLogOfNothing(string file)
    {
        if (IsEmpty(file) && LengthOf(file + "-wal") > 0)
        {
            throw new SqliteException("nothing is left of it but its log", raw.SQLITE_NOTADB);
        }
    }

    private static long? LengthOf(string file) => File.Exists(file) ? new FileInfo(file).Length : null;
}

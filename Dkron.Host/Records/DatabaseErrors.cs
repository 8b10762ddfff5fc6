using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Dkron.Host.Records;

/// <summary>SQLite's result codes in words that an operator can act on. Source: sqlite.org/rescode.html.</summary>
internal static class DatabaseErrors
{
    /// <summary>The file is not what SQLite wrote.</summary>
    /// <remarks>What a query makes of the wrong kind of value is an error of the library that reads it, not one of SQLite.</remarks>
    public static bool IsDamage(Exception error) => error
        is SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB }
        or InvalidOperationException or InvalidCastException or DecoderFallbackException;

    /// <summary>What was to be read is gone or is not what was written; otherwise it could not be read at this moment.</summary>
    public static bool IsLasting(RecordsException error) =>
        error.InnerException is null or FileNotFoundException or DirectoryNotFoundException or PathTooLongException or ArgumentException || IsDamage(error.InnerException);

    /// <summary>It is the disk or the file, not the statement: the same statement may work later.</summary>
    public static bool IsEnvironment(Exception error) => error switch
    {
        SqliteException sqlite => sqlite.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_FULL or raw.SQLITE_IOERR
            or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PERM or raw.SQLITE_AUTH
            or raw.SQLITE_NOMEM or raw.SQLITE_PROTOCOL or raw.SQLITE_NOLFS,
        RecordsException => false,
        IOException or UnauthorizedAccessException => true,
        _ => false,
    };

    public static string Explain(string file, Exception error) => error is SqliteException sqlite
        ? sqlite.SqliteErrorCode switch
        {
            raw.SQLITE_FULL => $"{file}: the disk is full. Make room; waiting results are then written by themselves.",
            raw.SQLITE_READONLY => $"{file}: it may not be written. Check the owner and mode of the file and its folder, and whether the file system is mounted read-only.",
            raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_AUTH => $"{file}: it cannot be opened. Check the owner and mode of the file and its folder.",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"{file}: another program keeps it locked. End that program.",
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => $"{file}: it is damaged ({sqlite.Message}). 'dkron records check' lists what is wrong. If the agent cannot write, restart it: what the tables hold is then carried into a new file, or, where they cannot be read, a new one is begun; the damaged file is kept.",
            raw.SQLITE_IOERR => $"{file}: the disk reports an error ({sqlite.Message}).",
            _ => $"{file}: {sqlite.Message}",
        }
        : $"{file}: {error.Message}";
}

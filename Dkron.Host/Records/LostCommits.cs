using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Dkron.Host.Records;

/// <summary>Notices at the opening that the database knows less than was acknowledged, and keeps what is left of the rest.</summary>
internal sealed partial class LostCommits(DataPaths paths, TimeProvider time, ILogger logger)
{
    /// <summary>Compares, and when commits are missing copies the log aside before anything is written over it.</summary>
    /// <remarks>Output files that lost records named, or may have named, are then to be kept: see <see cref="OrphanMark"/>.</remarks>
    /// <returns>How many commits there must have been.</returns>
    /// <exception cref="SqliteException">What is left does not fit together.</exception>
    public long Look(SqliteConnection connection)
    {
        var counted = CommitMark.Counted(connection);
        var suffix = string.Create(CultureInfo.InvariantCulture, $".damaged-{time.GetUtcNow():yyyyMMdd'T'HHmmss}");
        if (CommitMark.Read(paths.Commits) is not { } acknowledged)
        {
            LogMarkDamaged(paths.Commits);
            OrphanMark.Write(paths, suffix);
            return counted;
        }

        if (acknowledged <= counted)
        {
            return counted;
        }

        var log = paths.Database + "-wal";
        if (File.Exists(log))
        {
            File.Copy(log, log + suffix, overwrite: true);
        }

        LogLost(paths.Database, acknowledged - counted, log + suffix);
        // Pages that a checkpoint had carried over already may be newer than those that the rest of the log brings.
        using var command = DatabaseConnections.Command(connection, "PRAGMA integrity_check(1)");
        if (command.ExecuteScalar() as string != "ok")
        {
            throw new SqliteException("its log is damaged, and what is left does not fit together", raw.SQLITE_CORRUPT);
        }

        OrphanMark.Write(paths, suffix);
        return acknowledged;
    }

    [LoggerMessage(4034, LogLevel.Error, "Records: {File}: the last {Count} commits, which were acknowledged, are missing: its log was damaged, or an older copy was put in its place. What they recorded is not shown; firings among them may be repeated. The log is kept as {Log}, output files that no record names any more are kept beside the output folder")]
    private partial void LogLost(string file, long count, string log);

    [LoggerMessage(4035, LogLevel.Warning, "Records: {File} is damaged, so it cannot be told whether commits are missing; it is made anew. Output files that no record names are kept beside the output folder")]
    private partial void LogMarkDamaged(string file);
}

using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Dkron.Host.Records;

/// <summary>A database that could not be written because it is damaged: examined at the next opening, and made anew from its tables where these can be read.</summary>
/// <remarks>
/// An index says nothing that its table does not say, but SQLite cannot replace one whose pages are damaged: REINDEX, DROP INDEX and VACUUM
/// all read what is to be thrown away. So the rows go to a new file, and the damaged one stays as it was found.
/// </remarks>
internal sealed partial class SuspectDatabase(DataPaths paths, ILogger logger)
{
    private string Unfinished => paths.Rebuilt + ".unfinished";

    /// <summary>Leaves word that the database is damaged.</summary>
    public static void Mark(DataPaths paths)
    {
        try
        {
            File.WriteAllText(paths.Suspect, "The database is damaged; the agent examines it at its next start.\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then the next agent finds it out as this one did.
        }
    }

    /// <summary>Does what is to be done about a database that an earlier agent could not write, and refuses one of which nothing is left.</summary>
    /// <remarks><paramref name="suffix"/>: under which a damaged file is kept.</remarks>
    /// <exception cref="SqliteException">It is damaged beyond its indexes.</exception>
    public void Examine(IReadOnlyList<string> scripts, string suffix)
    {
        Finish(suffix);
        RequireContent();
        if (!File.Exists(paths.Suspect))
        {
            return;
        }

        try
        {
            if (File.Exists(paths.Database))
            {
                LogExamines(paths.Database, paths.DatabaseBytes);
                if (Damage(scripts) is { } damage)
                {
                    Finish(suffix);
                    LogRebuilt(paths.Database, damage, paths.Database + suffix);
                }
            }
        }
        finally
        {
            File.Delete(Unfinished);
        }

        File.Delete(paths.Suspect);
    }

    private void RequireContent()
    {
        if (DatabaseConnections.IsEmpty(paths.Database) && CommitMark.Read(paths.Commits) is > 0)
        {
            throw new SqliteException("nothing is left of it", raw.SQLITE_NOTADB);
        }
    }

    /// <summary>Puts the new file in the place of the old one, also when a crash came between.</summary>
    private void Finish(string suffix)
    {
        if (!File.Exists(paths.Rebuilt))
        {
            return;
        }

        // The pages of a damaged table may hold fewer rows than were written, without a sign of it.
        OrphanMark.Write(paths, suffix);
        foreach (var path in (string[])[paths.Database, paths.Database + "-wal", paths.Database + "-shm"])
        {
            RecordsOpening.SetAside(path, suffix);
        }

        File.Move(paths.Rebuilt, paths.Database);
        NativeFiles.SyncFolder(paths.Root);
    }

    /// <summary>What is wrong with the database, after its tables were carried into a new one; null when nothing is, or when it is for others to judge.</summary>
    private string? Damage(IReadOnlyList<string> scripts)
    {
        using var connection = DatabaseConnections.OpenToWrite(paths.Database);
        RecordSchema.Refuse(connection, paths.Database, scripts.Count);
        using var check = DatabaseConnections.Command(connection, "PRAGMA integrity_check(1)");
        if (CommitMark.Read(paths.Commits) > CommitMark.Counted(connection) || check.ExecuteScalar() as string is not { } damage || damage == "ok")
        {
            return null;
        }

        Rebuild(connection, [.. scripts.Take((int)RecordSchema.Number(connection, "PRAGMA user_version"))]);
        return damage;
    }

    private void Rebuild(SqliteConnection damaged, IReadOnlyList<string> scripts)
    {
        File.Delete(Unfinished);
        DataPaths.CreateDatabase(Unfinished);
        try
        {
            using (var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Unfinished, Pooling = false }.ToString()))
            {
                target.Open();
                RecordSchema.Execute(target, DatabaseConnections.GiveBackPages);
                RecordSchema.Migrate(target, scripts);
            }

            using (var attach = DatabaseConnections.Command(damaged, "ATTACH $file AS rebuilt"))
            {
                attach.Parameters.AddWithValue("$file", Unfinished);
                attach.ExecuteNonQuery();
            }

            CopyTables(damaged);
            RecordSchema.Execute(damaged, "DETACH rebuilt");
            NativeFiles.SyncFile(Unfinished);
            File.Move(Unfinished, paths.Rebuilt);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_CONSTRAINT)
        {
            throw new SqliteException($"its tables do not fit together ({e.Message})", raw.SQLITE_CORRUPT);
        }
    }

    private static void CopyTables(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        foreach (var table in Texts(connection, "SELECT name FROM rebuilt.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"))
        {
            // Column by column: a copy of '*' may take over the pages of indexes as they are.
            var columns = string.Join(", ", Texts(connection, $"SELECT name FROM pragma_table_info('{table}', 'rebuilt')"));
            RecordSchema.Execute(connection, $"DELETE FROM rebuilt.{table}");
            RecordSchema.Execute(connection, $"INSERT INTO rebuilt.{table} ({columns}) SELECT {columns} FROM main.{table} NOT INDEXED");
        }

        transaction.Commit();
    }

    private static List<string> Texts(SqliteConnection connection, string sql)
    {
        using var command = DatabaseConnections.Command(connection, sql);
        using var reader = command.ExecuteReader();
        var texts = new List<string>();
        while (reader.Read())
        {
            texts.Add(reader.GetString(0));
        }

        return texts;
    }

    [LoggerMessage(4038, LogLevel.Warning, "Records: {File} ({Bytes} bytes) is examined, because an earlier agent could not write to it, and made anew where it is damaged. A large one takes minutes, and the agent starts when it is done")]
    private partial void LogExamines(string file, long bytes);

    [LoggerMessage(4037, LogLevel.Error, "Records: {File} was damaged ({Reason}), so that an earlier agent could not write to it. All that its tables hold was carried into a new one; the damaged one is kept as {Kept}. The disk may be failing")]
    private partial void LogRebuilt(string file, string reason, string kept);
}

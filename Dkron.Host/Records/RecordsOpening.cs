using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Dkron.Host.Records;

/// <summary>Opens the database to write, makes it when there is none, and sets a damaged one aside.</summary>
internal sealed partial class RecordsOpening(DataPaths paths, TimeProvider time, ILogger logger)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The open connection, all job rows, and the highest key.</summary>
    public (SqliteConnection Connection, IReadOnlyList<JobRow> Jobs, long LastKey) Open(IReadOnlyList<string> scripts)
    {
        try
        {
            return TryOpen(scripts);
        }
        catch (SqliteException e) when (DatabaseErrors.IsDamage(e))
        {
            var suffix = string.Create(CultureInfo.InvariantCulture, $".damaged-{time.GetUtcNow():yyyyMMdd'T'HHmmss}");
            LogDamaged(paths.Database, e.Message, suffix);
            foreach (var path in (string[])[paths.Database, paths.Database + "-wal", paths.Database + "-shm", paths.Outputs])
            {
                SetAside(path, suffix);
            }

            return TryOpen(scripts);
        }
    }

    private static void SetAside(string path, string suffix)
    {
        if (File.Exists(path))
        {
            File.Move(path, path + suffix, overwrite: true);
        }
        else if (Directory.Exists(path))
        {
            Directory.Move(path, path + suffix);
        }
    }

    private (SqliteConnection Connection, IReadOnlyList<JobRow> Jobs, long LastKey) TryOpen(IReadOnlyList<string> scripts)
    {
        CreateFile();
        SqliteConnection? connection = null;
        try
        {
            connection = DatabaseConnections.OpenToWrite(paths.Database);
            RecordSchema.Refuse(connection, paths.Database, scripts.Count);
            var before = RecordSchema.Migrate(connection, scripts);
            if (before > 0 && before < scripts.Count)
            {
                LogMigrated(paths.Database, before, scripts.Count);
            }

            if (!RecordSchema.IsWhole(connection, scripts))
            {
                throw new SqliteException("its tables are not those that were made", raw.SQLITE_CORRUPT);
            }

            var jobs = RecordReader.Jobs(connection).ToList();
            foreach (var job in jobs.Where(job => !job.IsIntact))
            {
                LogDamagedJob(job.Row.Name);
            }

            return (connection, JobRepair.WithOpen(connection, jobs.Select(job => job.IsIntact ? job.Row : JobRepair.Rebuild(connection, job.Row))), RecordSchema.Number(connection, "SELECT max(key) FROM executions"));
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>Makes the file before SQLite does, for its owner only: its side files take over the mode.</summary>
    private void CreateFile()
    {
        if (File.Exists(paths.Database))
        {
            return;
        }

        if (Directory.Exists(paths.Outputs) && Directory.EnumerateFileSystemEntries(paths.Outputs).Any())
        {
            // These belong to a database that is gone; a new one knows none of them and would clean them away.
            var suffix = string.Create(CultureInfo.InvariantCulture, $".without-database-{time.GetUtcNow():yyyyMMdd'T'HHmmss}");
            SetAside(paths.Outputs, suffix);
            LogOutputsAside(paths.Outputs + suffix);
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        new FileStream(paths.Database, options).Dispose();
        NativeFiles.SyncFolder(paths.Root);
    }

    [LoggerMessage(4030, LogLevel.Error, "Records: {File} is damaged ({Reason}). It is kept under the same name with {Suffix} at its end, and a new one is made: the history before is not shown. 'sqlite3 FILE .recover' may get it back")]
    private partial void LogDamaged(string file, string reason, string suffix);

    [LoggerMessage(4031, LogLevel.Information, "Records: {File} was brought from schema version {From} to {To}")]
    private partial void LogMigrated(string file, int from, int to);

    [LoggerMessage(4032, LogLevel.Error, "Records: the history of job {Job} is damaged (its checksum is wrong); it is rebuilt from the executions that are kept")]
    private partial void LogDamagedJob(string job);

    [LoggerMessage(4033, LogLevel.Warning, "Records: there are output files but no database: they are kept in {Folder}")]
    private partial void LogOutputsAside(string folder);
}

using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Dkron.Host.Records;

/// <summary>Opens the database to write, makes it when there is none, and sets a damaged one aside.</summary>
internal sealed partial class RecordsOpening(DataPaths paths, TimeProvider time, ILogger logger)
{
    private readonly LostCommits _commits = new(paths, time, logger);
    private readonly SuspectDatabase _suspect = new(paths, logger);

    /// <summary>The open connection, and what was read at once.</summary>
    public OpenedRecords Open(IReadOnlyList<string> scripts)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $".damaged-{time.GetUtcNow():yyyyMMdd'T'HHmmss}");
        try
        {
            _suspect.Examine(scripts, suffix);
            return TryOpen(scripts);
        }
        catch (Exception e) when (DatabaseErrors.IsDamage(e))
        {
            LogDamaged(paths.Database, e.Message, suffix);
            foreach (var path in (string[])[paths.Database, paths.Database + "-wal", paths.Database + "-shm", paths.Commits, paths.Outputs])
            {
                SetAside(path, suffix);
            }

            File.Delete(paths.Suspect);
            File.Delete(paths.Orphans);
            return TryOpen(scripts);
        }
    }

    /// <summary>Keeps a file or folder, if there is one, under another name.</summary>
    public static void SetAside(string path, string suffix)
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

    private OpenedRecords TryOpen(IReadOnlyList<string> scripts)
    {
        CreateFile();
        SqliteConnection? connection = null;
        try
        {
            connection = DatabaseConnections.OpenToWrite(paths.Database);
            RecordSchema.Refuse(connection, paths.Database, scripts.Count);
            var commits = _commits.Look(connection);
            var orphansTo = OrphanMark.Read(paths);
            DatabaseConnections.PrepareToWrite(connection);
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
            if (JobRepair.RestoreNames(connection, jobs) is { Count: > 0 } restored)
            {
                restored.ForEach(job => LogDamagedName(job.Damaged, job.Name));
                jobs = [.. RecordReader.Jobs(connection)];
            }

            if (orphansTo is not null)
            {
                JobRepair.Recount(connection, jobs.Where(job => job.IsIntact).Select(job => job.Row));
                jobs = [.. RecordReader.Jobs(connection)];
            }

            foreach (var job in jobs.Where(job => !job.IsIntact))
            {
                LogDamagedJob(job.Row.Name);
            }

            StoreCommits(connection, commits);
            var opened = new OpenedRecords
            {
                Connection = connection,
                Jobs = JobRepair.WithOpen(connection, jobs.Select(job => job.IsIntact ? job.Row : JobRepair.Rebuild(connection, job.Row)), time.GetUtcNow()),
                LastKey = RecordSchema.Number(connection, "SELECT max(key) FROM executions"),
                OrphansTo = orphansTo,
            };
            DatabaseConnections.KeepLogAtClose(connection, keep: false);
            return opened;
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>So that what is missing is reported once.</summary>
    private void StoreCommits(SqliteConnection connection, long commits)
    {
        if (commits > CommitMark.Counted(connection))
        {
            using var store = new SqliteStatement(connection, CommitMark.Store);
            store.Bind(commits).Run();
        }

        using var mark = new CommitMark(paths.Commits);
        mark.Write(commits);
    }

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

        if (CommitMark.Read(paths.Commits) is > 0 and var commits)
        {
            LogGone(paths.Database, commits);
        }

        File.Delete(paths.Commits);
        DataPaths.CreateDatabase(paths.Database);
        NativeFiles.SyncFolder(paths.Root);
    }

    [LoggerMessage(4030, LogLevel.Error, "Records: {File} is damaged ({Reason}). It is kept under the same name with {Suffix} at its end, and a new one is made: the history before is not shown. 'sqlite3 FILE .recover' may get it back")]
    private partial void LogDamaged(string file, string reason, string suffix);

    [LoggerMessage(4031, LogLevel.Information, "Records: {File} was brought from schema version {From} to {To}")]
    private partial void LogMigrated(string file, int from, int to);

    [LoggerMessage(4032, LogLevel.Error, "Records: the history of job {Job} is damaged (its checksum is wrong); it is rebuilt from the executions that are kept")]
    private partial void LogDamagedJob(string job);

    [LoggerMessage(4039, LogLevel.Error, "Records: the name of a job is damaged: it reads '{Damaged}', and is '{Job}' from now on")]
    private partial void LogDamagedName(string damaged, string job);

    [LoggerMessage(4033, LogLevel.Warning, "Records: there are output files but no database: they are kept in {Folder}")]
    private partial void LogOutputsAside(string folder);

    [LoggerMessage(4036, LogLevel.Error, "Records: {File} is gone, though {Commits} commits were made to it: a new one is made, and the history before is not shown. To have it back, stop the agent and put the file back with its -wal beside it")]
    private partial void LogGone(string file, long commits);
}

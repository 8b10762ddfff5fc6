using System.Globalization;
using Dkron.Abstractions;
using Microsoft.Data.Sqlite;

namespace Dkron.Host.Records;

/// <summary>Completes a job's history from its executions, or makes it anew when the stored one is damaged.</summary>
internal static class JobRepair
{
    /// <summary>Gives jobs whose rows are damaged the names that the index has for them, and one of its own to a job that another has the name of now.</summary>
    /// <returns>Those that were changed.</returns>
    public static List<(long Key, string Damaged, string Name)> RestoreNames(SqliteConnection connection, IReadOnlyCollection<(JobRow Row, bool IsIntact)> jobs)
    {
        var restored = new List<(long Key, string Damaged, string Name)>();
        if (jobs.All(job => job.IsIntact))
        {
            return restored;
        }

        var indexed = IndexedNames(connection);
        var taken = jobs.Where(job => job.IsIntact).Select(job => job.Row.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var job in jobs.Where(job => !job.IsIntact).Select(job => job.Row).OrderByDescending(job => indexed.ContainsKey(job.Key)))
        {
            var name = indexed.GetValueOrDefault(job.Key, job.Name);
            restored.Add((job.Key, job.Name, name.Length > 0 && taken.Add(name) ? name : string.Create(CultureInfo.InvariantCulture, $"{job.Name}?{job.Key}")));
        }

        restored.RemoveAll(job => job.Name == job.Damaged);
        if (restored.Count > 0)
        {
            Rename(connection, restored);
        }

        return restored;
    }

    /// <summary>Takes in what a job's row is only told at the end of an execution, for those that have no end.</summary>
    /// <remarks>What was due later than <paramref name="now"/> was so by a clock that is corrected by now: it is still to come.</remarks>
    public static IReadOnlyList<JobRow> WithOpen(SqliteConnection connection, IEnumerable<JobRow> jobs, DateTimeOffset now)
    {
        var rows = jobs.ToDictionary(job => job.Key);
        using var command = ExecutionSelect.Open(connection);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var open = ExecutionColumns.Read(reader);
            var row = open.ToRow();
            if (open.IsIntact && rows.TryGetValue(row.JobKey, out var job))
            {
                job = row.Info.ScheduledAt <= now ? job.WithDue(row.Info) : job;

                // One that is processed once more has been counted as what it was before.
                job = row.Info.Success && row.CountedAs is null ? job.WithSuccess(row.Key) : job;
                rows[job.Key] = row.Info.Status == ExecutionStatus.Running || row.Key < job.LastFinished ? job : job.WithStatus(row.Key, row.Info.Status);
            }
        }

        return [.. rows.Values];
    }

    public static JobRow Rebuild(SqliteConnection connection, JobRow damaged)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT count(CASE WHEN processed THEN 1 END), min(started_at), max(CASE WHEN cause = 0 THEN scheduled_at END),
                count(CASE WHEN processed AND status = 1 THEN 1 END), count(CASE WHEN processed AND status BETWEEN 2 AND 4 THEN 1 END),
                max(CASE WHEN processed AND status = 1 THEN finished_at END), max(CASE WHEN processed AND status = 1 THEN key END),
                max(CASE WHEN processed AND status BETWEEN 2 AND 4 THEN finished_at END), max(CASE WHEN processed AND status BETWEEN 2 AND 4 THEN key END),
                (SELECT key FROM executions WHERE job = $job AND status BETWEEN 1 AND 4 ORDER BY finished_at DESC LIMIT 1),
                (SELECT status FROM executions WHERE job = $job AND status BETWEEN 1 AND 4 ORDER BY finished_at DESC LIMIT 1)
            FROM executions WHERE job = $job
            """;
        command.Parameters.AddWithValue("$job", damaged.Key);
        using var reader = command.ExecuteReader();
        _ = reader.Read();
        long? Number(int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);
        return new JobRow
        {
            Key = damaged.Key,
            Name = damaged.Name,
            Kept = reader.GetInt64(0),
            FirstSeenAt = Number(1) ?? damaged.FirstSeenAt,
            LastDueAt = Number(2),
            SuccessCount = reader.GetInt64(3),
            ErrorCount = reader.GetInt64(4),
            LastSuccessAt = Number(5),
            LastSuccess = Number(6),
            LastErrorAt = Number(7),
            LastError = Number(8),
            LastFinished = Number(9),
            LastStatus = (ExecutionStatus?)Number(10),
        };
    }

    /// <summary>Counts anew how much is kept where rows may be lacking: what is lost would have as many of those removed that are left.</summary>
    public static void Recount(SqliteConnection connection, IEnumerable<JobRow> jobs)
    {
        using var transaction = connection.BeginTransaction();
        // One that is processed once more (the high bits of its outputs tell) has been counted before.
        using (var count = new SqliteStatement(connection, "SELECT count(*) FROM executions WHERE job = ? AND (processed OR outputs >= 16)"))
        using (var store = new SqliteStatement(connection, JobRow.Store))
        {
            foreach (var job in jobs)
            {
                (job with { Kept = count.Bind(job.Key).Number() ?? 0 }).Bind(store).Run();
            }
        }

        RecordSchema.Execute(
            connection,
            """
            INSERT INTO totals (name, value)
            SELECT 'file_bytes', coalesce(sum(stored_length), 0) FROM (
                SELECT stored_length FROM raw_outputs WHERE file IS NOT NULL
                UNION ALL SELECT stored_length FROM processed_outputs WHERE file IS NOT NULL
                UNION ALL SELECT stored_length FROM delivery_inputs WHERE file IS NOT NULL)
            WHERE true ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """);
        transaction.Commit();
    }

    private static Dictionary<long, string> IndexedNames(SqliteConnection connection)
    {
        var names = new Dictionary<long, string>();
        using var command = DatabaseConnections.Command(connection, "SELECT key, name FROM jobs INDEXED BY sqlite_autoindex_jobs_1 ORDER BY name");
        try
        {
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var values = new StoredValues(reader);
                if (values.OptionalText(1) is { } name)
                {
                    names[values.Number(0)] = name;
                }
            }
        }
        catch (SqliteException e) when (DatabaseErrors.IsDamage(e))
        {
            // The index is damaged too, and says no more than this.
        }

        return names;
    }

    private static void Rename(SqliteConnection connection, IReadOnlyList<(long Key, string Damaged, string Name)> jobs)
    {
        using var transaction = connection.BeginTransaction();
        // SQLite refuses to change a row that its index has no entry for, but not in this mode: sqlite.org/opcode.html, IdxDelete.
        // It may take the entry of another row for the one of the damaged name, so that the index is made anew after it.
        RecordSchema.Execute(connection, "PRAGMA writable_schema = ON");
        using (var update = new SqliteStatement(connection, "UPDATE jobs SET name = ? WHERE key = ?"))
        {
            foreach (var (key, _, name) in jobs)
            {
                update.Bind(name).Bind(key).Run();
            }
        }

        RecordSchema.Execute(connection, "PRAGMA writable_schema = OFF");
        RecordSchema.Execute(connection, "REINDEX jobs");
        transaction.Commit();
    }
}

using Dkron.Abstractions;
using Microsoft.Data.Sqlite;

namespace Dkron.Host.Records;

/// <summary>Completes a job's history from its executions, or makes it anew when the stored one is damaged.</summary>
internal static class JobRepair
{
    /// <summary>Takes in what a job's row is only told at the end of an execution, for those that have no end.</summary>
    public static IReadOnlyList<JobRow> WithOpen(SqliteConnection connection, IEnumerable<JobRow> jobs)
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
                job = job.WithDue(row.Info);

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
}

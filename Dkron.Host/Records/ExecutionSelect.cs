using System.Globalization;
using System.Text;
using Dkron.Abstractions;
using Microsoft.Data.Sqlite;

namespace Dkron.Host.Records;

/// <summary>Builds the statement for a query. The index is chosen here, not by SQLite, so that the cost does not depend on statistics.</summary>
internal static class ExecutionSelect
{
    private const string Columns = "j.name, r.length, r.omitted_bytes, r.omitted_at, p.length, p.omitted_bytes, p.omitted_at";

    /// <summary>Documents may be large: lists go without.</summary>
    private const string DocumentColumns = "d.hash, d.text";

    /// <summary>Where the columns of <see cref="Columns"/> begin, and after them those of the document.</summary>
    public const int FirstJoined = ExecutionColumns.Count;

    public static SqliteCommand ByKey(SqliteConnection connection, long key)
    {
        var command = DatabaseConnections.Command(connection, From("", "WHERE e.key = $key", DocumentColumns));
        command.Parameters.AddWithValue("$key", key);
        return command;
    }

    public static SqliteCommand Open(SqliteConnection connection)
    {
        var command = DatabaseConnections.Command(connection, From("INDEXED BY executions_open", "WHERE e.processed = 0 ORDER BY e.key", DocumentColumns));
        return command;
    }

    public static SqliteCommand Following(SqliteConnection connection) =>
        DatabaseConnections.Command(connection, From("INDEXED BY executions_follow", "WHERE e.follow_at IS NOT NULL ORDER BY e.key", "NULL, NULL"));

    /// <summary>The page that a query asks for, or, when it looks for text, the keys of all that may hold it.</summary>
    /// <remarks><paramref name="older"/>: start and key of the record after which the page begins.</remarks>
    public static SqliteCommand ByQuery(SqliteConnection connection, ExecutionQuery query, long? job, (long StartedAt, long Key)? older)
    {
        var values = new List<SqliteParameter>();
        var where = new StringBuilder("WHERE 1");
        void Add(string condition, string name, long value)
        {
            where.Append(" AND ").Append(condition);
            values.Add(new SqliteParameter(name, value));
        }

        if (job is { } jobKey)
        {
            Add("e.job = $job", "$job", jobKey);
        }

        if (query.Status is { } status)
        {
            Add("e.status = $status", "$status", (long)status);
            // Partial indexes serve only conditions that repeat theirs.
            where.Append(status switch
            {
                ExecutionStatus.Running => " AND e.processed = 0",
                ExecutionStatus.Succeeded => " AND e.status > 0",
                _ => " AND e.status > 0 AND e.status > 1",
            });
        }

        if (query.Attempt is { } attempt)
        {
            Add("e.attempt = $attempt", "$attempt", attempt);
            where.Append(attempt > 1 ? " AND e.attempt > 1" : "");
        }

        if (query.Group is { } group)
        {
            Add("e.firing = $firing", "$firing", group);
        }

        if (query.Since is { } since)
        {
            Add("e.started_at >= $since", "$since", UnixNanoseconds.From(since));
        }

        if (query.Until is { } until)
        {
            Add("e.started_at < $until", "$until", UnixNanoseconds.From(until));
        }

        if (older is { } position)
        {
            Add("e.started_at <= $started", "$started", position.StartedAt);
            Add("(e.started_at < $started OR e.key < $key)", "$key", position.Key);
        }

        values.Add(new SqliteParameter("$limit", query.Text is null ? query.Limit : -1));
        where.Append(" ORDER BY e.started_at DESC, e.key DESC LIMIT $limit");
        var index = "INDEXED BY " + Index(query);
        var command = DatabaseConnections.Command(connection, query.Text is null ? From(index, where.ToString(), "NULL, NULL") : $"SELECT e.key FROM executions e {index} {where}");
        command.Parameters.AddRange(values);
        return command;
    }

    private static string Index(ExecutionQuery query) => query switch
    {
        { JobName: not null, Group: not null } => "executions_claim",
        { Status: ExecutionStatus.Running } => "executions_open",
        { JobName: not null, Attempt: > 1 } => "executions_job_attempt",
        { Attempt: > 1 } => "executions_attempt",
        { JobName: not null, Status: not null and not ExecutionStatus.Succeeded } => "executions_job_status",
        { JobName: not null } => "executions_job",
        { Status: not null } => "executions_status",
        _ => "executions_started",
    };

    private static string From(string index, string rest, string document) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        SELECT {string.Join(", ", ExecutionColumns.Names.Split(", ").Select(name => "e." + name))}, {Columns}, {document}
        FROM executions e {index}
        LEFT JOIN jobs j ON j.key = e.job
        LEFT JOIN documents d ON d.key = e.document
        LEFT JOIN raw_outputs r ON r.execution = e.key
        LEFT JOIN processed_outputs p ON p.execution = e.key
        {rest}
        """);
}

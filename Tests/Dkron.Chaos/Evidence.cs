using Dkron.Abstractions;
using Dkron.Host.Records;
using Microsoft.Data.Sqlite;

namespace Dkron.Chaos;

/// <summary>What the database, the processors' file and the commands' file say in the end.</summary>
/// <param name="Executions">All records, read with plain SQL: what is tested does not testify for itself.</param>
/// <param name="Deliveries">What processors wrote, in its order.</param>
/// <param name="Traces">The ids that commands wrote, one for each time that one ran.</param>
/// <param name="JobNames">The jobs of the settings, whether anything is on record of them or not.</param>
internal sealed record Evidence(IReadOnlyList<StoredExecution> Executions, IReadOnlyList<Delivery> Deliveries, IReadOnlyList<string> Traces, IReadOnlyList<string> JobNames)
{
    public static Evidence Read(string folder, string data, int rate)
    {
        var executions = Executed(data);
        var deliveries = Lines(LoadJobs.DeliveriesIn(folder)).Select(Delivery.Parse).ToList();
        return new Evidence(executions, deliveries, Lines(LoadJobs.TracesIn(folder)), LoadJobs.Names(rate));
    }

    /// <summary>For each job, when the last of its firings on record was due.</summary>
    public static IReadOnlyList<long> LatestOfEachJob(string data)
    {
        using var connection = Open(data);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT max(scheduled_at) FROM executions WHERE cause = 0 AND attempt = 1 GROUP BY job";
        using var reader = command.ExecuteReader();
        var all = new List<long>();
        while (reader.Read())
        {
            all.Add(reader.GetInt64(0));
        }

        return all;
    }

    /// <summary>Keys of the executions of which a step waits for its next try, or was given up.</summary>
    public static IReadOnlySet<long> Waiting(string data)
    {
        var keys = new HashSet<long>();
        if (!File.Exists(DatabaseIn(data)))
        {
            return keys;
        }

        using var connection = Open(data);
        using var command = connection.CreateCommand();
        // A kill may have come before there was a table.
        command.CommandText = "SELECT count(*) FROM sqlite_schema WHERE name = 'deliveries'";
        if (command.ExecuteScalar() is 0L)
        {
            return keys;
        }

        command.CommandText = "SELECT execution FROM deliveries";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            keys.Add(reader.GetInt64(0));
        }

        return keys;
    }

    /// <summary>Whether everything that was begun before a time has its end, and no step of it waits or was given up.</summary>
    /// <remarks>Asked again and again: a long answer would keep the log from beginning anew.</remarks>
    public static bool IsSettled(string data, DateTimeOffset time)
    {
        using var connection = Open(data);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT NOT EXISTS (SELECT 1 FROM executions WHERE processed = 0 AND key <= $key) AND NOT EXISTS (SELECT 1 FROM deliveries WHERE execution <= $key)";
        command.Parameters.AddWithValue("$key", UnixNanoseconds.From(time));
        return command.ExecuteScalar() is 1L;
    }

    private static SqliteConnection Open(string data)
    {
        var connection = new SqliteConnection($"Data Source={DatabaseIn(data)};Mode=ReadOnly;Pooling=False");
        connection.Open();
        return connection;
    }

    private static string DatabaseIn(string data) => Path.Combine(data, "records.db");

    private static List<StoredExecution> Executed(string data)
    {
        using var connection = Open(data);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT e.key, j.name, e.firing, e.attempt, e.cause, e.scheduled_at, e.status, e.processed, e.error FROM executions e JOIN jobs j ON j.key = e.job ORDER BY e.key";
        using var reader = command.ExecuteReader();
        var all = new List<StoredExecution>();
        while (reader.Read())
        {
            all.Add(new StoredExecution(
                reader.GetInt64(0),
                reader.GetString(1),
                reader.GetInt64(2),
                reader.GetInt32(3),
                reader.GetInt64(4) == 0,
                UnixNanoseconds.ToTime(reader.GetInt64(5)),
                (ExecutionStatus)reader.GetInt32(6),
                reader.GetInt64(7) != 0,
                reader.IsDBNull(8) ? "" : reader.GetString(8)));
        }

        return all;
    }

    private static List<string> Lines(string file) => File.Exists(file) ? [.. File.ReadLines(file).Where(line => line.Length > 0)] : [];
}

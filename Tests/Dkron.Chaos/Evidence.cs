using Dkron.Abstractions;
using Dkron.Host.Records;
using Microsoft.Data.Sqlite;

namespace Dkron.Chaos;

/// <summary>What the database, the processors' file and the commands' file say in the end.</summary>
/// <param name="Executions">All records, read with plain SQL: what is tested does not testify for itself.</param>
/// <param name="Deliveries">What processors wrote, in its order.</param>
/// <param name="Traces">The ids that commands wrote, one for each time that one ran.</param>
/// <param name="JobNames">The jobs of the settings.</param>
internal sealed record Evidence(IReadOnlyList<StoredExecution> Executions, IReadOnlyList<Delivery> Deliveries, IReadOnlyList<string> Traces, IReadOnlyList<string> JobNames)
{
    public static Evidence Read(string folder, string data)
    {
        var executions = Executed(Path.Combine(data, "records.db"));
        var deliveries = Lines(LoadJobs.DeliveriesIn(folder)).Select(Delivery.Parse).ToList();
        return new Evidence(executions, deliveries, Lines(LoadJobs.TracesIn(folder)), [.. executions.Select(execution => execution.Job).Distinct()]);
    }

    /// <summary>For each job, when the last of its firings on record was due.</summary>
    public static IReadOnlyList<long> LatestOfEachJob(string data)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(data, "records.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT max(scheduled_at) FROM executions WHERE cause = 0 GROUP BY job";
        using var reader = command.ExecuteReader();
        var all = new List<long>();
        while (reader.Read())
        {
            all.Add(reader.GetInt64(0));
        }

        return all;
    }

    private static List<StoredExecution> Executed(string database)
    {
        using var connection = new SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT e.key, j.name, e.firing, e.attempt, e.cause, e.scheduled_at, e.status, e.processed FROM executions e JOIN jobs j ON j.key = e.job ORDER BY e.key";
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
                reader.GetInt64(7) != 0));
        }

        return all;
    }

    private static List<string> Lines(string file) => File.Exists(file) ? [.. File.ReadLines(file).Where(line => line.Length > 0)] : [];
}

using Dkron.Abstractions;

namespace Dkron.Host.Records;

/// <summary>Reads what is remembered of steps that did not work, and which executions wait for their processors.</summary>
internal sealed class DeliveryReader(RecordReader records, OutputReader outputs)
{
    private const string Damage = "What is remembered of this step is damaged on disk (its checksum is wrong), so it is not tried again by itself.";

    /// <remarks>The plus keeps SQLite from looking through all that wait (deliveries_at) for each execution.</remarks>
    internal const string UnprocessedOldestFirst = """
        SELECT key, node FROM executions e INDEXED BY executions_open
        WHERE processed = 0 AND status > 0
        AND NOT (outputs & 4 AND EXISTS (SELECT 1 FROM deliveries d WHERE d.execution = e.key AND d.holds = 1 AND +d.state = 0 AND typeof(d.step) = 'integer'))
        ORDER BY key LIMIT $limit
        """;

    private static readonly string Columns = string.Join(", ", DeliveryColumns.Names.Split(", ").Select(name => "d." + name));

    /// <summary>Deliveries whose next try is due, the longest due first. A damaged one has state Dead.</summary>
    public IReadOnlyList<ExecutionDelivery> Due(DateTimeOffset now, int limit) => Read(
        "INDEXED BY deliveries_at",
        "d.state = 0 AND d.at <= $a ORDER BY d.at LIMIT $b",
        ("$a", UnixNanoseconds.From(now)),
        ("$b", limit));

    /// <summary>When the next try is due after a time; null when none is.</summary>
    public DateTimeOffset? NextDueAfter(DateTimeOffset time) => records.Read(
        connection =>
        {
            using var command = DatabaseConnections.Command(connection, "SELECT min(at) FROM deliveries INDEXED BY deliveries_at WHERE state = 0 AND at > $a");
            command.Parameters.AddWithValue("$a", UnixNanoseconds.From(time));
            return UnixNanoseconds.ToTime(command.ExecuteScalar() as long?);
        },
        null);

    /// <summary>All of one execution, by step.</summary>
    public IReadOnlyList<ExecutionDelivery> Of(string id) =>
        ExecutionId.TryParse(id, out var key, out _) ? Read("", "d.execution = $a ORDER BY d.step", ("$a", key)) : [];

    /// <summary>What was given up, the last first.</summary>
    /// <param name="jobName">Only that job's; null for all.</param>
    /// <param name="before">Only what was given up before that; null for all.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<ExecutionDelivery> DeadLetters(string? jobName, DateTimeOffset? before, int limit) => Read(
        "INDEXED BY deliveries_at",
        "d.state = 1 AND d.at < $a AND ($b IS NULL OR j.name = $b) ORDER BY d.at DESC, d.execution DESC, d.step DESC LIMIT $c",
        ("$a", before is { } time ? UnixNanoseconds.From(time) : long.MaxValue),
        ("$b", (object?)jobName ?? DBNull.Value),
        ("$c", limit));

    public DeliveryCounts Counts() => records.Read(
        connection =>
        {
            using var command = DatabaseConnections.Command(connection, "SELECT count(*) FILTER (WHERE state = 0), count(*) FILTER (WHERE state = 1) FROM deliveries INDEXED BY deliveries_at WHERE typeof(step) = 'integer'");
            using var reader = command.ExecuteReader();
            return reader.Read() ? new DeliveryCounts(reader.GetInt64(0), reader.GetInt64(1)) : new DeliveryCounts(0, 0);
        },
        new DeliveryCounts(0, 0));

    /// <summary>How many executions have a result and processors that have not been called yet, or not to the end.</summary>
    public long CountUnprocessed() => records.Read(connection => RecordSchema.Number(connection, "SELECT count(*) FROM executions INDEXED BY executions_open WHERE processed = 0 AND status > 0"), 0L);

    /// <summary>Whether the output that a step is to be given is kept, whatever its delivery says.</summary>
    public bool HasInput(long key, int step) => records.Read(
        connection =>
        {
            using var command = DatabaseConnections.Command(connection, "SELECT 1 FROM delivery_inputs WHERE execution = $a AND step = $b");
            command.Parameters.AddWithValue("$a", key);
            command.Parameters.AddWithValue("$b", step);
            return command.ExecuteScalar() is not null;
        },
        false);

    /// <summary>What a delivery's step is to be given.</summary>
    public ExecutionOutput InputOf(StepDelivery delivery, ExecutionRecord execution) =>
        delivery.Holds ? execution.Output
        : !delivery.HasInput ? execution.RawOutput
        : records.Read(
            connection =>
            {
                using var command = DatabaseConnections.Command(connection, $"SELECT {StoredOutput.Names} FROM delivery_inputs WHERE execution = $a AND step = $b");
                command.Parameters.AddWithValue("$a", delivery.Key);
                command.Parameters.AddWithValue("$b", delivery.Step);
                using var reader = command.ExecuteReader();
                return reader.Read() ? outputs.Describe(OutputReader.Read(reader, 0), execution.Info.Id) : throw new RecordsException($"What step {delivery.Step} of execution {execution.Info.Id} is to be given is not kept any more.");
            },
            ExecutionOutput.Empty);

    /// <summary>Executions with a result whose processors have not all been called, and that wait for none of them: the oldest first.</summary>
    public IReadOnlyList<string> Unprocessed(int limit) => records.Read<IReadOnlyList<string>>(
        connection =>
        {
            using var command = DatabaseConnections.Command(connection, UnprocessedOldestFirst);
            command.Parameters.AddWithValue("$limit", limit);
            using var reader = command.ExecuteReader();
            var ids = new List<string>();
            while (reader.Read())
            {
                ids.Add(ExecutionId.Format(reader.GetInt64(0), new StoredValues(reader).Text(1)));
            }

            return ids;
        },
        []);

    /// <summary>Reads deliveries, without those whose step is damaged itself: it cannot be told what would be written over them.</summary>
    private IReadOnlyList<ExecutionDelivery> Read(string index, string rest, params (string Name, object Value)[] values) => records.Read<IReadOnlyList<ExecutionDelivery>>(
        connection =>
        {
            using var command = DatabaseConnections.Command(connection, $"SELECT {Columns}, e.node, j.name FROM deliveries d {index} JOIN executions e ON e.key = d.execution JOIN jobs j ON j.key = e.job WHERE typeof(d.step) = 'integer' AND {rest}");
            foreach (var (name, value) in values)
            {
                command.Parameters.AddWithValue(name, value);
            }

            using var reader = command.ExecuteReader();
            var deliveries = new List<ExecutionDelivery>();
            while (reader.Read())
            {
                var (delivery, isIntact) = DeliveryColumns.Read(reader);
                delivery = isIntact ? delivery : delivery with { State = DeliveryState.Dead, Reason = $"{Damage} {delivery.Reason}" };
                var names = new StoredValues(reader);
                deliveries.Add(new ExecutionDelivery(delivery, ExecutionId.Format(delivery.Key, names.Text(DeliveryColumns.Count)), names.Text(DeliveryColumns.Count + 1)) { IsDamaged = !isIntact });
            }

            return deliveries;
        },
        []);
}

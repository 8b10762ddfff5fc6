using System.Text;
using Dkron.Abstractions;
using Microsoft.Data.Sqlite;

namespace Dkron.Host.Records;

/// <summary>Reads records, also while an agent writes them. Makes nothing and locks nothing.</summary>
internal sealed class RecordReader : IDisposable
{
    private const string Damage = "This record is damaged on disk (its checksum is wrong), so what it says may be wrong too; 'dkron records check' lists all damage.";
    private readonly DataPaths _paths;
    private readonly bool _mustExist;
    private readonly DatabaseConnections _connections;
    private readonly OutputReader _outputs;

    /// <remarks><paramref name="mustExist"/>: whether a missing database is an error, because there was one.</remarks>
    internal RecordReader(DataPaths paths, bool mustExist)
    {
        _paths = paths;
        _mustExist = mustExist;
        _connections = new DatabaseConnections(paths.Database);
        _outputs = new OutputReader(paths, _connections);
        Deliveries = new DeliveryReader(this, _outputs);
    }

    /// <summary>What waits for another try, and what was given up.</summary>
    public DeliveryReader Deliveries { get; }

    /// <summary>Opens a data directory to read it. Where there is no database yet, all lists are empty.</summary>
    /// <exception cref="RecordsException">The database is of another version than this program.</exception>
    public static RecordReader Open(string dataDirectory)
    {
        var reader = new RecordReader(new DataPaths(dataDirectory), mustExist: false);
        try
        {
            var acknowledged = CommitMark.Read(reader._paths.Commits) ?? 0;   // before the database is looked at: an agent may be writing
            reader.Read(connection =>
            {
                RecordSchema.Refuse(connection, reader._paths.Database, RecordSchema.Scripts.Count);
                if (CommitMark.Counted(connection) < acknowledged)
                {
                    throw new RecordsException($"{reader._paths.Database}: its last commits are missing: its log was damaged, or an older copy was put in its place. Start the agent once: it says what is lost and keeps the damaged log.");
                }

                var version = RecordSchema.Number(connection, "PRAGMA user_version");
                return version == RecordSchema.Scripts.Count
                    ? version
                    : throw new RecordsException($"{reader._paths.Database}: the schema has version {version}, this program reads {RecordSchema.Scripts.Count}. Start the agent once: it brings the database up to date.");
            }, 0L);
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Executions that have no end, or whose processing has none, in the order of their ids.</summary>
    public IReadOnlyList<ExecutionRecord> Unfinished() => Read(
        connection =>
        {
            using var command = ExecutionSelect.Open(connection);
            return ReadAll(command).ToList();
        },
        []);

    /// <summary>Executions after which something must follow, in the order of their ids.</summary>
    public IReadOnlyList<ExecutionRecord> Following() => Read(
        connection =>
        {
            using var command = ExecutionSelect.Following(connection);
            return ReadAll(command).ToList();
        },
        []);

    public ExecutionRecord? Find(string id) => !ExecutionId.TryParse(id, out var key, out _) ? null : Read(
        connection =>
        {
            using var command = ExecutionSelect.ByKey(connection, key);
            return ReadAll(command).FirstOrDefault(record => record.Info.Id == id || record.IsDamaged);
        },
        null);

    public IReadOnlyList<ExecutionRecord> List(ExecutionQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        return Read<IReadOnlyList<ExecutionRecord>>(connection => List(connection, query, cancellationToken), []);
    }

    public IReadOnlyList<JobHistory> Histories() => Read<IReadOnlyList<JobHistory>>(
        connection => [.. Jobs(connection).Select(job => job.Row.ToHistory()).OrderBy(history => history.JobName, StringComparer.Ordinal)],
        []);

    /// <summary>Looks at every page, record and output file.</summary>
    /// <returns>One sentence for each thing that is wrong; empty when all is well.</returns>
    public IReadOnlyList<string> Check(CancellationToken cancellationToken) =>
        Read<IReadOnlyList<string>>(
            connection =>
            {
                // One moment for all that is compared, whatever an agent writes meanwhile.
                using var moment = connection.BeginTransaction(deferred: true);
                return new RecordCheck(_paths, _outputs, connection, _connections).Run(cancellationToken);
            },
            []);

    public void Dispose() => _connections.Dispose();

    internal static IEnumerable<(JobRow Row, bool IsIntact)> Jobs(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {JobRow.Names} FROM jobs";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return JobRow.Read(reader);
        }
    }

    private static long? JobKey(SqliteConnection connection, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT key FROM jobs WHERE name = $name";
        command.Parameters.AddWithValue("$name", name);
        return command.ExecuteScalar() as long?;
    }

    private static (long StartedAt, long Key)? Position(SqliteConnection connection, string? id)
    {
        if (id is null)
        {
            return null;
        }

        var key = ExecutionId.KeyOf(id);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT started_at FROM executions WHERE key = $key";
        command.Parameters.AddWithValue("$key", key);
        // A record that was pruned between two pages still has its place: an id begins with the time of its making.
        return (command.ExecuteScalar() as long? ?? key, key);
    }

    private List<ExecutionRecord> List(SqliteConnection connection, ExecutionQuery query, CancellationToken cancellationToken)
    {
        var job = query.JobName is { } name ? JobKey(connection, name) : null;
        if (query.JobName is not null && job is null)
        {
            return [];
        }

        using var command = ExecutionSelect.ByQuery(connection, query, job, Position(connection, query.OlderThanId));
        return query.Text is { } text ? Search(connection, command, text, query.Limit, cancellationToken) : [.. ReadAll(command)];
    }

    /// <summary>The first executions that hold a text, among those whose keys the command gives.</summary>
    private List<ExecutionRecord> Search(SqliteConnection connection, SqliteCommand candidates, string text, int limit, CancellationToken cancellationToken)
    {
        using var search = new OutputSearch(connection, _outputs, text);
        using var reader = candidates.ExecuteReader();
        var found = new List<ExecutionRecord>();
        while (found.Count < limit && reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var key = reader.GetInt64(0);
            if (search.IsIn(key))
            {
                using var one = ExecutionSelect.ByKey(connection, key);
                found.AddRange(ReadAll(one));
            }
        }

        return found;
    }

    private IEnumerable<ExecutionRecord> ReadAll(SqliteCommand command)
    {
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return ReadOne(reader);
        }
    }

    private ExecutionRecord ReadOne(SqliteDataReader reader)
    {
        const int Joined = ExecutionSelect.FirstJoined;
        var columns = ExecutionColumns.Read(reader);
        var joined = new StoredValues(reader);
        var document = joined.OptionalText(Joined + 8);
        var row = columns.ToRow();
        var rawOutput = Output(joined, Joined + 1, row, OutputKind.Raw);
        var processedOutput = Output(joined, Joined + 4, row, OutputKind.Processed);
        var isDamaged = !columns.IsIntact || joined.OptionalText(Joined) is null
            || row.HasRawOutput == rawOutput is null || row.HasProcessedOutput == processedOutput is null
            || (document is not null && !JobDocument.Hash(document).AsSpan().SequenceEqual(joined.Bytes(Joined + 7)))
            || !joined.AreWhole;
        return new ExecutionRecord
        {
            Info = isDamaged ? row.Info with { Error = row.Info.Error is { } error ? $"{Damage} {error}" : Damage } : row.Info,
            FinishedAt = row.FinishedAt,
            IsProcessed = row.IsProcessed,
            IsDamaged = isDamaged,
            Process = row.Process,
            FollowAt = row.FollowAt,
            Document = document,
            RawOutput = rawOutput ?? ExecutionOutput.Empty,
            Output = processedOutput ?? rawOutput ?? ExecutionOutput.Empty,
            Outcomes = row.Outcomes.Recorded,
            HasDeliveries = row.HasDeliveries,
            IsReprocessed = row.CountedAs is not null,
        };
    }

    private ExecutionOutput? Output(StoredValues values, int column, ExecutionRow row, OutputKind kind) => values.OptionalNumber(column) is { } length
        ? _outputs.Describe(row.Key, row.Info.Id, kind, length, values.Number(column + 1), values.Number(column + 2))
        : null;

    internal T Read<T>(Func<SqliteConnection, T> read, T none)
    {
        if (!File.Exists(_paths.Database))
        {
            return _mustExist ? throw new RecordsException($"{_paths.Database}: it is gone. The data directory was deleted or moved while the agent runs.") : none;
        }

        try
        {
            using var connection = _connections.OpenToRead();
            return read(connection);
        }
        catch (Exception e) when (e is SqliteException or InvalidCastException or InvalidOperationException or DecoderFallbackException)
        {
            throw new RecordsException(e is SqliteException ? DatabaseErrors.Explain(_paths.Database, e) : $"{_paths.Database}: it is damaged ({e.Message}). 'dkron records check' lists what is wrong.", e);
        }
    }
}

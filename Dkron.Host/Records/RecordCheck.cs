using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Dkron.Host.Records;

/// <summary>Compares all that is stored with its checksums, page by page, record by record, file by file.</summary>
internal sealed class RecordCheck(DataPaths paths, OutputReader outputs, SqliteConnection connection, DatabaseConnections connections)
{
    private static readonly string Executions =
        $"SELECT {string.Join(", ", ExecutionColumns.Names.Split(", ").Select(name => "executions." + name))}, jobs.name FROM executions LEFT JOIN jobs ON jobs.key = executions.job";

    private static readonly IReadOnlyList<string> Outputs = [OutputReader.Table(OutputKind.Raw), OutputReader.Table(OutputKind.Processed), "delivery_inputs"];

    private readonly List<string> _findings = [];

    public IReadOnlyList<string> Run(CancellationToken cancellationToken)
    {
        foreach (var part in (Action<CancellationToken>[])[CheckCommits, CheckStructure, CheckJobs, CheckExecutions, CheckDeliveries, .. Outputs.Select(table => (Action<CancellationToken>)(t => CheckOutputs(table, t)))])
        {
            try
            {
                part(cancellationToken);
            }
            catch (Exception e) when (e is SqliteException or InvalidCastException or InvalidOperationException or OverflowException)
            {
                _findings.Add($"{paths.Database}: {e.Message}");
            }
        }

        return _findings;
    }

    /// <summary>First of all: what is acknowledged before the database is looked at must be in it, also while an agent writes.</summary>
    private void CheckCommits(CancellationToken cancellationToken)
    {
        var acknowledged = CommitMark.Read(paths.Commits);
        var missing = acknowledged - CommitMark.Counted(connection);
        if (acknowledged is null)
        {
            _findings.Add($"{paths.Commits}: it is damaged; the agent makes it anew at its next start");
        }
        else if (missing > 0)
        {
            _findings.Add($"{paths.Database}: the last {missing} commits, which were acknowledged, are missing: its log was damaged, or an older copy was put in its place");
        }
    }

    private void CheckStructure(CancellationToken cancellationToken)
    {
        foreach (var line in Rows("PRAGMA integrity_check", reader => reader.GetString(0), cancellationToken).Where(line => line != "ok"))
        {
            _findings.Add($"{paths.Database}: {line}");
        }
    }

    private void CheckJobs(CancellationToken cancellationToken)
    {
        foreach (var (row, _) in Rows($"SELECT {JobRow.Names} FROM jobs", JobRow.Read, cancellationToken).Where(job => !job.IsIntact))
        {
            _findings.Add($"job {row.Name}: the checksum of its history is wrong");
        }
    }

    private void CheckExecutions(CancellationToken cancellationToken)
    {
        foreach (var columns in Rows(Executions, ExecutionColumns.Read, cancellationToken).Where(columns => !columns.IsIntact))
        {
            _findings.Add($"execution {columns.ToRow().Info.Id}: the checksum of its record is wrong");
        }

        foreach (var text in Rows("SELECT hash, text FROM documents", reader => (Hash: reader.GetFieldValue<byte[]>(0), Text: reader.GetString(1)), cancellationToken)
            .Where(document => !JobDocument.Hash(document.Text).AsSpan().SequenceEqual(document.Hash)).Select(document => document.Text))
        {
            _findings.Add($"a job document of {text.Length} characters is not as it was written");
        }

        foreach (var columns in Rows(
            $"""
            {Executions}
            WHERE (outputs & 1 <> 0) <> EXISTS (SELECT 1 FROM raw_outputs WHERE execution = executions.key)
            OR (outputs & 2 <> 0) <> EXISTS (SELECT 1 FROM processed_outputs WHERE execution = executions.key)
            OR (outputs & 4 <> 0) <> EXISTS (SELECT 1 FROM deliveries WHERE execution = executions.key)
            """,
            ExecutionColumns.Read,
            cancellationToken))
        {
            _findings.Add($"execution {columns.ToRow().Info.Id}: an output or a dead letter is missing, or there is one too many");
        }

        foreach (var (key, hasJob) in Rows(
            "SELECT e.key, j.key FROM executions e LEFT JOIN jobs j ON j.key = e.job LEFT JOIN documents d ON d.key = e.document WHERE j.key IS NULL OR (e.document IS NOT NULL AND d.key IS NULL)",
            reader => (reader.GetInt64(0), !reader.IsDBNull(1)),
            cancellationToken))
        {
            _findings.Add(string.Create(CultureInfo.InvariantCulture, $"execution {key}: {(hasJob ? "its job document" : "its job")} is missing"));
        }
    }

    private void CheckDeliveries(CancellationToken cancellationToken)
    {
        foreach (var (delivery, _) in Rows($"SELECT {DeliveryColumns.Names} FROM deliveries", DeliveryColumns.Read, cancellationToken).Where(row => !row.IsIntact))
        {
            _findings.Add(string.Create(CultureInfo.InvariantCulture, $"execution {delivery.Key}: the checksum of what is remembered of its step {delivery.Step} is wrong"));
        }

        foreach (var key in Rows("SELECT execution FROM deliveries d WHERE has_input <> EXISTS (SELECT 1 FROM delivery_inputs i WHERE i.execution = d.execution AND i.step = d.step)", reader => reader.GetInt64(0), cancellationToken))
        {
            _findings.Add(string.Create(CultureInfo.InvariantCulture, $"execution {key}: what one of its steps is to be given is missing"));
        }
    }

    private void CheckOutputs(string table, CancellationToken cancellationToken)
    {
        var sql = $"SELECT execution, {StoredOutput.Names} FROM {table}";
        foreach (var (key, stored) in Rows(sql, reader => (reader.GetInt64(0), OutputReader.Read(reader, 1)), cancellationToken))
        {
            var id = key.ToString(CultureInfo.InvariantCulture);
            try
            {
                using var stream = outputs.OpenStored(stored, id);
                stream.CopyTo(Stream.Null);
            }
            catch (IOException e)
            {
                if (stored.File is null || IsNamed(table, key, stored.File))
                {
                    _findings.Add(e.Message);
                }
            }
        }
    }

    /// <summary>Whether a record names a file still: an agent that works beside may have replaced or pruned it since this check began.</summary>
    private bool IsNamed(string table, long key, string file)
    {
        using var now = connections.OpenToRead();
        using var command = DatabaseConnections.Command(now, $"SELECT 1 FROM {table} WHERE execution = $key AND file = $file");
        command.Parameters.AddWithValue("$key", key);
        command.Parameters.AddWithValue("$file", file);
        return command.ExecuteScalar() is not null;
    }

    private IEnumerable<T> Rows<T>(string sql, Func<SqliteDataReader, T> read, CancellationToken cancellationToken)
    {
        using var command = DatabaseConnections.Command(connection, sql);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return read(reader);
        }
    }
}

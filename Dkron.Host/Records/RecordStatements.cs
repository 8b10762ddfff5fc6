using Microsoft.Data.Sqlite;

namespace Dkron.Host.Records;

/// <summary>The statements of the writer, prepared once.</summary>
internal sealed class RecordStatements : IDisposable
{
    /// <summary>Whether nothing is to be done with an execution any more: neither its processors, nor what follows it, nor a step's next try.</summary>
    /// <remarks>The plus keeps SQLite from looking through all that wait (deliveries_at) for each execution.</remarks>
    internal const string IsDoneWith = "processed AND follow_at IS NULL AND NOT (outputs & 4 AND EXISTS (SELECT 1 FROM deliveries d WHERE d.execution = executions.key AND +d.state = 0 AND typeof(d.step) = 'integer'))";

    private readonly List<SqliteStatement> _all = [];
    private readonly SqliteConnection _connection;

    public RecordStatements(SqliteConnection connection)
    {
        _connection = connection;
        Begin = Prepare("BEGIN IMMEDIATE");
        Commit = Prepare("COMMIT");
        Rollback = Prepare("ROLLBACK");
        InsertExecution = Prepare($"INSERT INTO executions ({ExecutionColumns.Names}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
        UpdateExecution = Prepare("UPDATE executions SET is_final = ?, finished_at = ?, status = ?, exit_code = ?, signal = ?, error = ?, previous_status = ?, process = ?, processed = ?, outputs = ?, outcomes = ?, follow_at = ?, crc = ? WHERE key = ?");
        UpdateStart = Prepare("UPDATE executions SET started_at = ? WHERE key = ?");
        UpdateClaim = Prepare("UPDATE executions SET firing = ? WHERE key = ?");
        DeleteExecution = Prepare("DELETE FROM executions WHERE key = ?");
        Claimant = Prepare("SELECT key FROM executions WHERE job = ? AND firing = ? AND attempt = ? AND node = ?");
        LastAttempt = Prepare("SELECT max(attempt) FROM executions WHERE firing = ? AND job = ? AND node = ?");
        StoreJob = Prepare(JobRow.Store);
        FindDocument = Prepare("SELECT key FROM documents WHERE job = ? AND hash = ?");
        InsertDocument = Prepare("INSERT INTO documents (job, hash, text) VALUES (?, ?, ?) RETURNING key");
        OldestDocument = Prepare("SELECT document FROM executions INDEXED BY executions_job WHERE job = ? ORDER BY started_at LIMIT 1");
        DeleteDocument = Prepare("DELETE FROM documents WHERE key = ?1 AND NOT EXISTS (SELECT 1 FROM executions INDEXED BY executions_job WHERE job = ?2 AND document = ?1)");
        StoreOutput = PrepareForBoth("INSERT OR REPLACE INTO {0} (execution, " + StoredOutput.Names + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
        DeleteOutput = PrepareForBoth("DELETE FROM {0} WHERE execution = ?");
        FindOutput = PrepareForBoth("SELECT file, stored_length FROM {0} WHERE execution = ?");
        StoreDelivery = Prepare($"INSERT OR REPLACE INTO deliveries ({DeliveryColumns.Names}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        FindDelivery = Prepare("SELECT step FROM deliveries WHERE execution = ? LIMIT 1");
        DeleteDelivery = Prepare("DELETE FROM deliveries WHERE execution = ? AND step = ?");
        DeleteDeliveries = Prepare("DELETE FROM deliveries WHERE execution = ?");
        SetDeliveryAside = Prepare("UPDATE deliveries SET state = 1 WHERE execution = ? AND step = ? AND state IS NOT 1");
        DeleteHolding = Prepare("DELETE FROM deliveries WHERE execution = ? AND holds = 1");
        StoreInput = Prepare($"INSERT OR REPLACE INTO delivery_inputs (execution, step, {StoredOutput.Names}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        FindInput = Prepare("SELECT file, stored_length FROM delivery_inputs WHERE execution = ? AND step = ?");
        FindInputs = Prepare("SELECT file, stored_length FROM delivery_inputs WHERE execution = ?");
        DeleteInput = Prepare("DELETE FROM delivery_inputs WHERE execution = ? AND step = ?");
        DeleteInputs = Prepare("DELETE FROM delivery_inputs WHERE execution = ?");
        StoreCommits = Prepare(CommitMark.Store);
        AddFileBytes = Prepare("UPDATE totals SET value = value + ? WHERE name = 'file_bytes'");
        OldestOfJob = Prepare($"SELECT key, document, job, started_at, {IsDoneWith} FROM executions INDEXED BY executions_job WHERE job = ?1 AND started_at >= ?2 AND (started_at > ?2 OR key > ?3) ORDER BY started_at, key LIMIT ?4");
        OldestOfAll = Prepare($"SELECT key, document, job, started_at, {IsDoneWith} FROM executions INDEXED BY executions_started WHERE started_at < ?1 AND started_at >= ?2 AND (started_at > ?2 OR key > ?3) ORDER BY started_at, key LIMIT ?4");
        LastSuccess = Prepare("SELECT key, finished_at FROM executions INDEXED BY executions_job WHERE job = ? AND processed = 1 AND status = 1 ORDER BY started_at DESC LIMIT 1");
        LastFailure = Prepare("SELECT key, finished_at FROM executions INDEXED BY executions_job WHERE job = ? AND processed = 1 AND status BETWEEN 2 AND 4 ORDER BY started_at DESC LIMIT 1");
        PageCount = Prepare("PRAGMA page_count");
        PageSize = Prepare("PRAGMA page_size");
        FreePages = Prepare("PRAGMA freelist_count");
        Vacuum = Prepare("PRAGMA incremental_vacuum(64)");
        FileBytes = Prepare("SELECT value FROM totals WHERE name = 'file_bytes'");
    }

    public SqliteStatement Begin { get; }
    public SqliteStatement Commit { get; }
    public SqliteStatement Rollback { get; }
    public SqliteStatement InsertExecution { get; }
    public SqliteStatement UpdateExecution { get; }
    public SqliteStatement UpdateStart { get; }
    public SqliteStatement UpdateClaim { get; }
    public SqliteStatement DeleteExecution { get; }
    public SqliteStatement Claimant { get; }
    public SqliteStatement LastAttempt { get; }
    public SqliteStatement StoreJob { get; }
    public SqliteStatement FindDocument { get; }
    public SqliteStatement InsertDocument { get; }
    public SqliteStatement OldestDocument { get; }
    public SqliteStatement DeleteDocument { get; }

    /// <summary>These three by <see cref="OutputKind"/>.</summary>
    public IReadOnlyList<SqliteStatement> StoreOutput { get; }
    public IReadOnlyList<SqliteStatement> DeleteOutput { get; }
    public IReadOnlyList<SqliteStatement> FindOutput { get; }

    public SqliteStatement StoreDelivery { get; }
    public SqliteStatement FindDelivery { get; }
    public SqliteStatement FindInput { get; }
    public SqliteStatement FindInputs { get; }
    public SqliteStatement DeleteDelivery { get; }
    public SqliteStatement DeleteDeliveries { get; }
    public SqliteStatement SetDeliveryAside { get; }
    public SqliteStatement DeleteHolding { get; }
    public SqliteStatement StoreInput { get; }
    public SqliteStatement DeleteInput { get; }
    public SqliteStatement DeleteInputs { get; }

    public SqliteStatement StoreCommits { get; }
    public SqliteStatement AddFileBytes { get; }
    public SqliteStatement OldestOfJob { get; }
    public SqliteStatement OldestOfAll { get; }
    public SqliteStatement LastSuccess { get; }
    public SqliteStatement LastFailure { get; }
    public SqliteStatement PageCount { get; }
    public SqliteStatement PageSize { get; }
    public SqliteStatement FreePages { get; }
    public SqliteStatement Vacuum { get; }
    public SqliteStatement FileBytes { get; }

    /// <summary>Forgets what was bound or half read when an error came in between.</summary>
    public void Reset() => _all.ForEach(statement => statement.Reset());

    public void Dispose() => _all.ForEach(statement => statement.Dispose());

    private SqliteStatement Prepare(string sql)
    {
        var statement = new SqliteStatement(_connection, sql);
        _all.Add(statement);
        return statement;
    }

    private IReadOnlyList<SqliteStatement> PrepareForBoth(string sql) =>
        [.. new[] { OutputKind.Raw, OutputKind.Processed }.Select(kind => Prepare(sql.Replace("{0}", OutputReader.Table(kind), StringComparison.Ordinal)))];
}

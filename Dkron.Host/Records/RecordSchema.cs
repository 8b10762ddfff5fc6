using Microsoft.Data.Sqlite;

namespace Dkron.Host.Records;

/// <summary>The tables, and how an older database is brought up to date.</summary>
internal static class RecordSchema
{
    /// <summary>"Dkrn": marks the file as ours.</summary>
    public const long ApplicationId = 0x446B726E;

    /// <summary>The script at index n brings version n to n + 1. What has been released is never changed, only added to.</summary>
    public static IReadOnlyList<string> Scripts { get; } =
    [
        """
        CREATE TABLE jobs (
            key INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            first_seen_at INTEGER NOT NULL,
            last_due_at INTEGER,
            success_count INTEGER NOT NULL,
            error_count INTEGER NOT NULL,
            last_success_at INTEGER,
            last_success INTEGER,
            last_error_at INTEGER,
            last_error INTEGER,
            last_status INTEGER,
            last_finished INTEGER,
            kept INTEGER NOT NULL,
            crc INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE documents (
            key INTEGER PRIMARY KEY,
            job INTEGER NOT NULL,
            hash BLOB NOT NULL,
            text TEXT NOT NULL,
            UNIQUE (job, hash)
        ) STRICT;

        CREATE TABLE executions (
            key INTEGER PRIMARY KEY,
            job INTEGER NOT NULL,
            node TEXT NOT NULL,
            firing INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            is_final INTEGER NOT NULL,
            cause INTEGER NOT NULL,
            scheduled_at INTEGER NOT NULL,
            started_at INTEGER NOT NULL,
            finished_at INTEGER,
            status INTEGER NOT NULL,
            exit_code INTEGER,
            signal INTEGER,
            error TEXT,
            previous_status INTEGER,
            process TEXT,
            document INTEGER,
            processed INTEGER NOT NULL,
            outputs INTEGER NOT NULL,
            outcomes TEXT,
            crc INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX executions_claim ON executions (firing, job, attempt, node);
        CREATE INDEX executions_started ON executions (started_at);
        CREATE INDEX executions_job ON executions (job, started_at);
        CREATE INDEX executions_status ON executions (status, started_at) WHERE status > 0;
        CREATE INDEX executions_job_status ON executions (job, status, started_at) WHERE status > 1;
        CREATE INDEX executions_attempt ON executions (attempt, started_at) WHERE attempt > 1;
        CREATE INDEX executions_open ON executions (processed) WHERE processed = 0;

        CREATE TABLE raw_outputs (
            execution INTEGER PRIMARY KEY,
            length INTEGER NOT NULL,
            omitted_bytes INTEGER NOT NULL,
            omitted_at INTEGER NOT NULL,
            encoding INTEGER NOT NULL,
            stored_length INTEGER NOT NULL,
            crc INTEGER NOT NULL,
            file TEXT,
            bytes BLOB
        ) STRICT;
        CREATE TABLE processed_outputs (
            execution INTEGER PRIMARY KEY,
            length INTEGER NOT NULL,
            omitted_bytes INTEGER NOT NULL,
            omitted_at INTEGER NOT NULL,
            encoding INTEGER NOT NULL,
            stored_length INTEGER NOT NULL,
            crc INTEGER NOT NULL,
            file TEXT,
            bytes BLOB
        ) STRICT;

        CREATE TABLE totals (
            name TEXT PRIMARY KEY,
            value INTEGER NOT NULL
        ) STRICT;
        INSERT INTO totals VALUES ('file_bytes', 0);
        """,
        """
        ALTER TABLE executions ADD COLUMN follow_at INTEGER;
        CREATE INDEX executions_follow ON executions (follow_at) WHERE follow_at IS NOT NULL;
        ALTER TABLE jobs ADD COLUMN watched_times INTEGER;
        ALTER TABLE jobs ADD COLUMN watched_since INTEGER;
        ALTER TABLE jobs ADD COLUMN watched_success INTEGER;
        """,
        """
        CREATE TABLE deliveries (
            execution INTEGER NOT NULL,
            step INTEGER NOT NULL,
            processor TEXT NOT NULL,
            tries INTEGER NOT NULL,
            earlier_tries INTEGER NOT NULL,
            at INTEGER NOT NULL,
            reason TEXT NOT NULL,
            state INTEGER NOT NULL,
            holds INTEGER NOT NULL,
            has_input INTEGER NOT NULL,
            crc INTEGER NOT NULL,
            PRIMARY KEY (execution, step)
        ) STRICT;
        CREATE INDEX deliveries_at ON deliveries (state, at);

        CREATE TABLE delivery_inputs (
            execution INTEGER NOT NULL,
            step INTEGER NOT NULL,
            length INTEGER NOT NULL,
            omitted_bytes INTEGER NOT NULL,
            omitted_at INTEGER NOT NULL,
            encoding INTEGER NOT NULL,
            stored_length INTEGER NOT NULL,
            crc INTEGER NOT NULL,
            file TEXT,
            bytes BLOB,
            PRIMARY KEY (execution, step)
        ) STRICT;
        """,
        """
        CREATE INDEX executions_job_attempt ON executions (job, attempt, started_at) WHERE attempt > 1;
        """,
        """
        -- What a step is to be given may lie in a file from here on, which an older program would take for one that no record names.
        """,
    ];

    /// <summary>Refuses a database that this program must not touch.</summary>
    /// <exception cref="RecordsException">It is of a newer version, or not ours at all.</exception>
    public static void Refuse(SqliteConnection connection, string file, int supported)
    {
        var version = Number(connection, "PRAGMA user_version");
        if (version > supported)
        {
            throw new RecordsException($"{file}: the schema has version {version}, this program knows up to {supported}. Use the newer program that wrote it, or another data directory.");
        }

        var application = Number(connection, "PRAGMA application_id");
        if (application != ApplicationId && Number(connection, "SELECT count(*) FROM sqlite_schema") > 0)
        {
            throw new RecordsException($"{file}: this is a SQLite database, but not one of this program. Move it away, or use another data directory.");
        }
    }

    /// <summary>Brings a database up to the last version, each step in a transaction of its own.</summary>
    /// <returns>The version it had before.</returns>
    public static int Migrate(SqliteConnection connection, IReadOnlyList<string> scripts)
    {
        var before = (int)Number(connection, "PRAGMA user_version");
        if (before == 0)
        {
            Execute(connection, $"PRAGMA application_id = {ApplicationId}");
        }

        for (var version = before; version < scripts.Count; version++)
        {
            using var transaction = connection.BeginTransaction();
            Execute(connection, scripts[version]);
            Execute(connection, $"PRAGMA user_version = {version + 1}");
            transaction.Commit();
        }

        return before;
    }

    /// <summary>Whether all that the scripts make is there as they make it. What someone added is no harm.</summary>
    public static bool IsWhole(SqliteConnection connection, IReadOnlyList<string> scripts)
    {
        using var model = new SqliteConnection("Data Source=:memory:");
        model.Open();
        Migrate(model, scripts);
        return Objects(model).IsSubsetOf(Objects(connection));
    }

    public static long Number(SqliteConnection connection, string sql)
    {
        using var command = DatabaseConnections.Command(connection, sql);
        return command.ExecuteScalar() is long number ? number : 0;
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = DatabaseConnections.Command(connection, sql);
        command.ExecuteNonQuery();
    }

    private static HashSet<(string Name, string Sql)> Objects(SqliteConnection connection)
    {
        using var command = DatabaseConnections.Command(connection, "SELECT name, tbl_name, sql FROM sqlite_schema");
        using var reader = command.ExecuteReader();
        var objects = new HashSet<(string, string)>();
        while (reader.Read())
        {
            objects.Add(($"{reader.GetString(0)} of {reader.GetString(1)}", reader.IsDBNull(2) ? "" : reader.GetString(2)));
        }

        return objects;
    }
}

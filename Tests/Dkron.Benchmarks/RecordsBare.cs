using System.Diagnostics;
using Dkron.Host.Records;
using Microsoft.Data.Sqlite;

namespace Dkron.Benchmarks;

/// <summary>SQLite alone with rows of the same size: a key, no other index, prepared statements, WAL, synced at each commit.</summary>
internal static class RecordsBare
{
    private const int Batch = 64;
    private static readonly string Claimed = new('x', 200);
    private static readonly string Ended = new('x', 620);   // with the outcomes of three steps
    private static readonly byte[] Output = new byte[230];

    /// <summary>Each row is inserted with one transaction and changed with another, as an execution is claimed and finished.</summary>
    public static double RowsPerSecond(TimeSpan time)
    {
        var count = 0L;
        var watch = Stopwatch.StartNew();
        Run((begin, commit, insert, update) =>
        {
            while (watch.Elapsed < time)
            {
                begin.Run();
                for (var i = 0; i < Batch; i++)
                {
                    insert.Bind(count + i).Bind(Claimed).Bind(Output).Run();
                }

                commit.Run();
                begin.Run();
                for (var i = 0; i < Batch; i++)
                {
                    update.Bind(Ended).Bind(count + i).Run();
                }

                commit.Run();
                count += Batch;
            }
        });
        return count / watch.Elapsed.TotalSeconds;
    }

    /// <summary>The durations of synced commits of one row each.</summary>
    public static IReadOnlyList<double> CommitMilliseconds(TimeSpan time)
    {
        var durations = new List<double>();
        var watch = Stopwatch.StartNew();
        Run((begin, commit, insert, _) =>
        {
            while (watch.Elapsed < time)
            {
                var start = Stopwatch.GetTimestamp();
                begin.Run();
                insert.Bind(durations.Count).Bind(Claimed).Bind(Output).Run();
                commit.Run();
                durations.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        });
        return durations;
    }

    private static void Run(Action<SqliteStatement, SqliteStatement, SqliteStatement, SqliteStatement> work)
    {
        var folder = Directory.CreateTempSubdirectory("dkron-bench-").FullName;
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "bare.db")};Pooling=False"))
        {
            connection.Open();
            RecordSchema.Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (key INTEGER PRIMARY KEY, value TEXT, output BLOB)");
            using var begin = new SqliteStatement(connection, "BEGIN IMMEDIATE");
            using var commit = new SqliteStatement(connection, "COMMIT");
            using var insert = new SqliteStatement(connection, "INSERT INTO rows VALUES (?, ?, ?)");
            using var update = new SqliteStatement(connection, "UPDATE rows SET value = ? WHERE key = ?");
            work(begin, commit, insert, update);
        }

        Directory.Delete(folder, recursive: true);
    }
}

using System.Diagnostics;
using Dkron.Host.Records;
using Microsoft.Data.Sqlite;

namespace Dkron.Benchmarks;

/// <summary>SQLite alone with rows of the same size: a key, no other index, prepared statements, WAL, synced at each commit.</summary>
internal sealed class RecordsBare : IDisposable
{
    private const int Batch = 64;
    private static readonly string Claimed = new('x', 200);
    private static readonly string Ended = new('x', 620);   // with the outcomes of three steps
    private static readonly byte[] Output = new byte[230];
    private readonly string _folder = Directory.CreateTempSubdirectory("dkron-bench-").FullName;
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _update;
    private long _count;

    public RecordsBare()
    {
        _connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "bare.db")};Pooling=False");
        _connection.Open();
        RecordSchema.Execute(_connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (key INTEGER PRIMARY KEY, value TEXT, output BLOB)");
        _begin = new SqliteStatement(_connection, "BEGIN IMMEDIATE");
        _commit = new SqliteStatement(_connection, "COMMIT");
        _insert = new SqliteStatement(_connection, "INSERT INTO rows VALUES (?, ?, ?)");
        _update = new SqliteStatement(_connection, "UPDATE rows SET value = ? WHERE key = ?");
    }

    /// <summary>Each row is inserted with one transaction and changed with another, as an execution is claimed and finished.</summary>
    public double RowsPerSecond(TimeSpan time)
    {
        var before = _count;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < time)
        {
            _begin.Run();
            for (var i = 0; i < Batch; i++)
            {
                _insert.Bind(_count + i).Bind(Claimed).Bind(Output).Run();
            }

            _commit.Run();
            _begin.Run();
            for (var i = 0; i < Batch; i++)
            {
                _update.Bind(Ended).Bind(_count + i).Run();
            }

            _commit.Run();
            _count += Batch;
        }

        return (_count - before) / watch.Elapsed.TotalSeconds;
    }

    /// <summary>The durations of synced commits of one row each, one after the other.</summary>
    public IReadOnlyList<double> CommitMilliseconds(TimeSpan time)
    {
        var durations = new List<double>();
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < time)
        {
            durations.Add(CommitMilliseconds());
        }

        return durations;
    }

    /// <summary>The duration of a synced commit of one row.</summary>
    public double CommitMilliseconds()
    {
        var start = Stopwatch.GetTimestamp();
        _begin.Run();
        _insert.Bind(_count++).Bind(Claimed).Bind(Output).Run();
        _commit.Run();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _insert.Dispose();
        _update.Dispose();
        _connection.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

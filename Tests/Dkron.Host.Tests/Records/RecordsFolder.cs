using System.Collections.Concurrent;
using Dkron.Abstractions;
using Dkron.Host.Execution;
using Dkron.Host.Records;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Tests.Records;

/// <summary>A data directory of a test, and short words for what is done with it.</summary>
public abstract class RecordsFolder : IDisposable
{
    private static long _firing;

    protected string Folder { get; } = Directory.CreateTempSubdirectory("dkron-records-").FullName;

    protected string Database => Path.Combine(Folder, "records.db");

    protected ConcurrentQueue<string> Log { get; } = new();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    internal ExecutionRecords Open(RecordOptions? options = null, TimeProvider? time = null, string? folder = null) =>
        ExecutionRecords.Open(folder ?? Folder, "node-1", options ?? new RecordOptions(), time ?? TimeProvider.System, new QueueLogger(Log));

    /// <summary>Where the runner of commands writes: it makes the folder.</summary>
    internal static string OutputFile(ExecutionRecords records, string id)
    {
        var path = records.OutputPathFor(id);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    internal static ExecutionInfo Started(ExecutionRecords records, string job = "backup", int attempt = 1, long? group = null, DateTimeOffset? at = null)
    {
        var id = records.NewId();
        var start = at ?? UnixNanoseconds.ToTime(ExecutionId.KeyOf(id));
        return new ExecutionInfo
        {
            Id = id,
            JobName = job,
            NodeName = "node-1",
            Group = group ?? Interlocked.Increment(ref _firing),
            Attempt = attempt,
            ScheduledAt = start,
            StartedAt = start,
            FinishedAt = start,
            Status = ExecutionStatus.Running,
        };
    }

    internal static ExecutionInfo Finished(ExecutionInfo started, ExecutionStatus status = ExecutionStatus.Succeeded) => started with
    {
        Status = status,
        FinishedAt = started.StartedAt.AddSeconds(1),
        ExitCode = status == ExecutionStatus.Succeeded ? 0 : 3,
        Error = status == ExecutionStatus.Succeeded ? null : "exited with 3",
    };

    internal static CommandResult Result(ExecutionInfo finished, ExecutionOutput? output = null, string? file = null) => new()
    {
        StartedAt = finished.StartedAt,
        FinishedAt = finished.FinishedAt,
        Status = finished.Status,
        ExitCode = finished.ExitCode,
        Error = finished.Error,
        Output = output ?? ExecutionOutput.Empty,
        OutputFile = file,
    };

    /// <summary>One execution from claim to its end without processors.</summary>
    internal static async Task<ExecutionInfo> RunAsync(ExecutionRecords records, string job = "backup", ExecutionStatus status = ExecutionStatus.Succeeded, string output = "", DateTimeOffset? at = null, int attempt = 1)
    {
        var started = Started(records, job, attempt, at: at);
        (await records.ClaimAsync(started, TestContext.Current.CancellationToken)).Should().BeTrue();
        var finished = Finished(started, status);
        await records.FinishAsync(finished, Result(finished, ExecutionOutput.FromText(output)), hasSteps: false, TestContext.Current.CancellationToken);
        return finished;
    }

    internal static ProcessorOutcome Outcome(string name, OutcomeState state = OutcomeState.Succeeded) => new()
    {
        Name = name,
        Version = "1.2.3",
        State = state,
        Duration = TimeSpan.FromMilliseconds(12.5),
        Error = state == OutcomeState.Succeeded ? null : "no route",
        BytesIn = 10,
        BytesOut = 20,
        Tags = new Dictionary<string, string> { ["to"] = "ops" },
    };

    /// <summary>Waits for what another thread does, at most a minute.</summary>
    protected static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 6000 && !condition(); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        condition().Should().BeTrue();
    }

    /// <summary>Copies a data directory as a kill would leave it: without what lives with the process only.</summary>
    protected static void CopyFolder(string source, string target)
    {
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("-shm", StringComparison.Ordinal) && !Path.GetFileName(file).StartsWith("agent.", StringComparison.Ordinal)))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var to = File.Create(copy);
            from.CopyTo(to);
        }
    }

    /// <summary>Changes a table behind the back of Records as a flipped bit can, whatever the table allows.</summary>
    protected void SqlWithoutRules(string table, string change)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        RecordSchema.Execute(connection, $"CREATE TEMP TABLE rules AS SELECT sql FROM sqlite_schema WHERE name = '{table}'");
        RecordSchema.Execute(connection, "PRAGMA writable_schema = ON");
        RecordSchema.Execute(connection, $"UPDATE sqlite_schema SET sql = replace(replace(sql, ' NOT NULL', ''), ') STRICT', ')') WHERE name = '{table}'");
        RecordSchema.Execute(connection, "PRAGMA writable_schema = RESET");
        RecordSchema.Execute(connection, change);
        RecordSchema.Execute(connection, "PRAGMA writable_schema = ON");
        RecordSchema.Execute(connection, $"UPDATE sqlite_schema SET sql = (SELECT sql FROM rules) WHERE name = '{table}'");
    }

    /// <summary>Where the first page of a table or index lies in the file.</summary>
    protected Range RootOf(string name)
    {
        const int PageSize = 4096;
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        var at = ((int)RecordSchema.Number(connection, $"SELECT rootpage FROM sqlite_schema WHERE name = '{name}'") - 1) * PageSize;
        return at..(at + PageSize);
    }

    /// <summary>Does to the first page of a table or index what a write that was cut off does; gives its place.</summary>
    protected Range ZeroRootOf(string name)
    {
        var root = RootOf(name);
        var bytes = File.ReadAllBytes(Database);
        bytes.AsSpan(root).Clear();
        File.WriteAllBytes(Database, bytes);
        return root;
    }

    /// <summary>Changes the database behind the back of Records.</summary>
    protected void Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        RecordSchema.Execute(connection, sql);
    }

    private sealed class QueueLogger(ConcurrentQueue<string> log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Enqueue($"{logLevel} {eventId.Id} {formatter(state, exception)} {exception}");
    }
}

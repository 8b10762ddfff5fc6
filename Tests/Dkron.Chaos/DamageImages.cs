using Dkron.Abstractions;
using Dkron.Host.Execution;
using Dkron.Host.Records;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dkron.Chaos;

/// <summary>Data directories as an agent leaves them, and what stands in them.</summary>
internal sealed class DamageImages(string folder, Random random)
{
    private const int Jobs = 5;
    private const int Executions = 40;
    private readonly Dictionary<string, (ExecutionInfo Info, string Output)> _written = [];

    /// <summary>What was acknowledged, by id.</summary>
    public IReadOnlyDictionary<string, (ExecutionInfo Info, string Output)> Written => _written;

    /// <summary>Killed with all in the log; killed after a checkpoint with the newest in the log; ended cleanly. All hold the same.</summary>
    public IReadOnlyList<string> Folders { get; } = ["log", "both", "clean"];

    public string PathOf(string image) => Path.Combine(folder, image);

    public async Task MakeAsync()
    {
        var live = PathOf("clean");
        await using (var records = ExecutionRecords.Open(live, "chaos", new RecordOptions(), TimeProvider.System, NullLogger.Instance))
        {
            for (var i = 0; i < Executions; i++)
            {
                await WriteAsync(records, i);
            }

            // Like a kill: the files as they lie there, without those that only live with the process.
            Copy(live, PathOf("log"));
            using (var connection = new SqliteConnection($"Data Source={Path.Combine(live, "records.db")};Pooling=False"))
            {
                connection.Open();
                RecordSchema.Execute(connection, "PRAGMA wal_checkpoint(PASSIVE)");
            }

            for (var i = 0; i < Executions; i++)
            {
                await WriteAsync(records, i);
            }

            Copy(live, PathOf("both"));
        }
    }

    /// <summary>Writes one execution of each job, as an agent would go on.</summary>
    /// <returns>Their ids.</returns>
    public async Task<IReadOnlyList<string>> WriteMoreAsync(ExecutionRecords records)
    {
        var ids = new List<string>();
        for (var i = 0; i < Jobs; i++)
        {
            ids.Add(await WriteAsync(records, i));
        }

        return ids;
    }

    /// <summary>Makes a folder that can be damaged.</summary>
    public void CopyTo(string image, string target) => Copy(PathOf(image), target);

    /// <summary>What must be there in an image.</summary>
    public static int CountIn(string image) => image == "log" ? Executions : 2 * Executions;

    private static void Copy(string source, string target)
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

    private async Task<string> WriteAsync(ExecutionRecords records, int i)
    {
        var now = TimeProvider.System.GetUtcNow();
        var started = new ExecutionInfo { Id = records.NewId(), JobName = $"job-{i % Jobs}", NodeName = "chaos", Group = UnixNanoseconds.From(now), Attempt = 1, ScheduledAt = now, StartedAt = now, FinishedAt = now, Status = ExecutionStatus.Running };
        await records.ClaimAsync(started, $$"""{ "name": "job-{{i % Jobs}}" }""", CancellationToken.None);
        var status = i % 6 == 0 ? ExecutionStatus.Failed : ExecutionStatus.Succeeded;
        var finished = started with { Status = status, FinishedAt = now.AddSeconds(1), ExitCode = i % 6 == 0 ? 3 : 0, Error = i % 6 == 0 ? "exited with 3" : null };

        // Small, compressed, and too large for the database.
        var length = i % 10 == 1 ? 200_000 : i % 4 == 0 ? 5_000 : 30 + i;
        var output = new string([.. Enumerable.Range(0, length).Select(_ => (char)('a' + (i % 4 == 0 ? i % 20 : random.Next(26))))]);
        await records.FinishAsync(finished, new CommandResult { StartedAt = now, FinishedAt = finished.FinishedAt, Status = status, ExitCode = finished.ExitCode, Error = finished.Error, Output = ExecutionOutput.FromText(output) }, hasSteps: true, CancellationToken.None);
        await records.EndProcessingAsync(finished, null, [new ProcessorOutcome { Name = "files", Version = "1.0.0", State = OutcomeState.Succeeded }], CancellationToken.None);
        _written[finished.Id] = (finished, output);
        return finished.Id;
    }
}

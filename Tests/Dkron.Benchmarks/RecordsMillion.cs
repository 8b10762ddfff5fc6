using System.Diagnostics;
using System.Globalization;
using Dkron.Abstractions;
using Dkron.Benchmarks.Processing;
using Dkron.Host.Records;

namespace Dkron.Benchmarks;

/// <summary>What a history of a million executions costs.</summary>
internal static class RecordsMillion
{
    private const int Jobs = 1_000;
    private const int MemoryLines = 5;
    private const int AtOnce = 1_024;
    private const double LongWait = 50;
    private const long Second = 1_000_000_000;

    public static async Task PrintAsync(int executions, string program)
    {
        await using var folder = new RecordsTemporary();
        await LoadAsync(folder.Open(), executions);
        await folder.CloseAsync();
        GC.Collect();
        var begin = Stopwatch.GetTimestamp();
        var records = folder.Open();
        RecordsLoad.Print($"open: {Stopwatch.GetElapsedTime(begin).TotalMilliseconds:N0} ms, database {new FileInfo(Path.Combine(folder.Folder, "records.db")).Length >> 20} MB");
        var middle = Time("newest 100", records, new ExecutionQuery());
        Time("page in the middle", records, new ExecutionQuery { OlderThanId = OneIn(records) });
        Time("of a job", records, new ExecutionQuery { JobName = "job-500" });
        Time("failed", records, new ExecutionQuery { Status = ExecutionStatus.Failed });
        Time("timed out (rare)", records, new ExecutionQuery { Status = ExecutionStatus.TimedOut });
        Time("running (none)", records, new ExecutionQuery { Status = ExecutionStatus.Running });
        Time("failed, of a job", records, new ExecutionQuery { JobName = "job-500", Status = ExecutionStatus.Failed });
        Time("between two times", records, new ExecutionQuery { Since = middle.AddSeconds(-30), Until = middle.AddSeconds(-29) });
        Time("second attempts", records, new ExecutionQuery { Attempt = 2 });
        Time("a text, found early", records, new ExecutionQuery { Text = "XXXX" });
        Time("a text, found nowhere", records, new ExecutionQuery { Text = "nowhere" });
        RecordsLoad.Print($"{"unfinished",-24} {Milliseconds(() => records.Unfinished()),10:N1} ms");
        await folder.CloseAsync();
        await RecordsAgent.PrintAsync(program, folder.Folder);
        await PruneAsync(folder, executions / Jobs / 10);
    }

    private static async Task LoadAsync(ExecutionRecords records, int executions)
    {
        await using var chain = await NoOpChain.CreateAsync();
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < executions; i += AtOnce)
        {
            await Task.WhenAll(Enumerable.Range(i, Math.Min(AtOnce, executions - i)).Select(n => Task.Run(() => OneAsync(records, chain, n))));
            if (i / (executions / MemoryLines) != (i + AtOnce) / (executions / MemoryLines))
            {
                RecordsLoad.Print($"{i + AtOnce,12:N0} chains: {Environment.WorkingSet >> 20} MB resident, {GC.GetTotalMemory(forceFullCollection: true) >> 20} MB managed");
            }
        }

        RecordsLoad.Print($"loaded: {executions / Stopwatch.GetElapsedTime(begin).TotalSeconds:N0} executions/s");
    }

    private static async Task OneAsync(ExecutionRecords records, NoOpChain chain, int n)
    {
        var started = RecordsLoad.Started(records, $"job-{n % Jobs}", TimeProvider.System.GetUtcNow()) with { Attempt = n % 1000 == 7 ? 2 : 1 };
        await records.ClaimAsync(started, CancellationToken.None);
        var status = n % 50_000 == 3 ? ExecutionStatus.TimedOut : n % 20 == 0 ? ExecutionStatus.Failed : ExecutionStatus.Succeeded;
        var finished = started with { Status = status, ExitCode = 0, FinishedAt = TimeProvider.System.GetUtcNow() };
        await records.FinishAsync(finished, RecordsLoad.Result(finished), hasSteps: true, CancellationToken.None);
        await chain.ProcessAsync(records, finished, RecordsLoad.Output);
    }

    /// <summary>Opens with a limit that removes nine of ten, and writes all the time meanwhile, one after the other. Beside it, what a sync of another file waits.</summary>
    private static async Task PruneAsync(RecordsTemporary folder, int perJob)
    {
        var records = folder.Open(new RecordOptions { MaxExecutionsPerJob = perJob });
        var begin = Stopwatch.GetTimestamp();
        var waits = new List<TimedWait>();
        using var disk = new DiskPauses(Path.GetTempPath());
        while (records.Histories().Count == 0 || Kept(folder) > Jobs * (perJob + 1))
        {
            for (var i = 0; i < 200; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await records.SkipAsync(RecordsLoad.Started(records, $"job-{i % Jobs}", TimeProvider.System.GetUtcNow()) with { Status = ExecutionStatus.Skipped }, CancellationToken.None);
                waits.Add(new TimedWait(start, Stopwatch.GetTimestamp()));
            }
        }

        var took = Stopwatch.GetElapsedTime(begin);
        RecordsLoad.Print($"pruned to {Kept(folder):N0} in {took.TotalSeconds:N0} s; a writer waited {Waits(waits)}");
        var pauses = disk.End();
        RecordsLoad.Print($"beside it, the sync of another file waited {Waits(pauses)}");
        var own = waits.Where(IsLong).Count(wait => wait.Milliseconds - pauses.Sum(pause => pause.Together(wait)) > LongWait);
        RecordsLoad.Print($"less the time in which that sync waited too, which is a sign of the disk and no proof, a writer waited over {LongWait:N0} ms {own} times");
    }

    private static bool IsLong(TimedWait wait) => wait.Milliseconds > LongWait;

    private static string Waits(IReadOnlyCollection<TimedWait> waits)
    {
        var sorted = waits.Select(wait => wait.Milliseconds).Order().ToArray();
        return string.Create(CultureInfo.InvariantCulture, $"p50 {RecordsLoad.At(sorted, 0.5):N1}, p99 {RecordsLoad.At(sorted, 0.99):N1}, at most {sorted[^1]:N1} ms; {waits.Count(IsLong)} of {sorted.Length:N0} over {LongWait:N0} ms");
    }

    private static long Kept(RecordsTemporary folder)
    {
        using var connections = new DatabaseConnections(Path.Combine(folder.Folder, "records.db"));
        using var connection = connections.OpenToRead();
        return RecordSchema.Number(connection, "SELECT count(*) FROM executions");
    }

    private static string OneIn(ExecutionRecords records)
    {
        var newest = records.List(new ExecutionQuery { Limit = 1 })[0].Info.Id;
        return ExecutionId.Format(ExecutionId.KeyOf(newest) - (30 * Second), "node-1");
    }

    private static DateTimeOffset Time(string name, ExecutionRecords records, ExecutionQuery query)
    {
        IReadOnlyList<ExecutionRecord> found = [];
        var first = Milliseconds(() => found = records.List(query));
        var second = Milliseconds(() => records.List(query));
        RecordsLoad.Print($"{name,-24} {first,10:N1} ms first, {second,8:N1} ms again, {found.Count,5} found");
        return found.Count > 0 ? found[0].Info.StartedAt : default;
    }

    private static double Milliseconds(Action action)
    {
        var begin = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }
}

using System.Diagnostics;
using System.Globalization;
using Dkron.Abstractions;
using Dkron.Host.Execution;
using Dkron.Host.Records;

namespace Dkron.Benchmarks;

/// <summary>Load on records, and the same rows on bare SQLite.</summary>
internal static class RecordsLoad
{
    private const int Jobs = 1000;
    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(5);
    private static readonly ExecutionOutput Output = ExecutionOutput.FromText(new string('x', 200));
    private static readonly ProcessorOutcome[] Outcomes = [.. Enumerable.Range(0, 3).Select(i => new ProcessorOutcome { Name = $"step-{i}", Version = "1.0.0", State = OutcomeState.Succeeded, BytesIn = 200, BytesOut = 200 })];
    private static long _firing;

    public static async Task PrintThroughputAsync()
    {
        var bare = RecordsBare.RowsPerSecond(RunTime);
        Print($"bare SQLite, insert + update, 64 rows a synced transaction: {bare:N0} rows/s");
        Print($"{"concurrency",12} {"executions/s",14} {"of bare",8} {"p50 ms",8} {"p99 ms",8} {"MB",6}");
        foreach (var concurrency in (int[])[1, 64, 1024])
        {
            await using var folder = new RecordsTemporary();
            var records = folder.Open();
            var watch = Stopwatch.StartNew();
            var all = await Task.WhenAll(Enumerable.Range(0, concurrency).Select(i => Task.Run(() => LoopAsync(records, i, watch))));
            var rate = all.Sum(durations => durations.Count) / watch.Elapsed.TotalSeconds;
            var sorted = all.SelectMany(durations => durations).Order().ToArray();
            Print($"{concurrency,12} {rate,14:N0} {rate / bare,8:P0} {At(sorted, 0.5),8:N2} {At(sorted, 0.99),8:N2} {Environment.WorkingSet >> 20,6}");
        }
    }

    public static async Task PrintLatencyAsync()
    {
        var bare = RecordsBare.CommitMilliseconds(2000);
        Print($"{"claims/s",12} {"p50 ms",8} {"p99 ms",8} {"max ms",8}");
        Print($"{"bare",12} {At(bare, 0.5),8:N2} {At(bare, 0.99),8:N2} {bare[^1],8:N2}");
        foreach (var rate in (int[])[1, 100, 1_000, 10_000])
        {
            await using var folder = new RecordsTemporary();
            var records = folder.Open();
            var sorted = (await ClaimAtRateAsync(records, rate)).Order().ToArray();
            Print($"{rate,12:N0} {At(sorted, 0.5),8:N2} {At(sorted, 0.99),8:N2} {sorted[^1],8:N2}");
        }
    }

    public static ExecutionInfo Started(ExecutionRecords records, string job, DateTimeOffset at) => new()
    {
        Id = records.NewId(),
        JobName = job,
        NodeName = "node-1",
        Group = Interlocked.Increment(ref _firing),
        Attempt = 1,
        ScheduledAt = at,
        StartedAt = at,
        FinishedAt = at,
        Status = ExecutionStatus.Running,
    };

    public static CommandResult Result(ExecutionInfo info) => new() { StartedAt = info.StartedAt, FinishedAt = info.FinishedAt, Status = info.Status, ExitCode = info.ExitCode, Output = Output };

    public static double At(double[] sorted, double part) => sorted[(int)((sorted.Length - 1) * part)];

    public static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static async Task<List<double>> LoopAsync(ExecutionRecords records, int index, Stopwatch watch)
    {
        var durations = new List<double>();
        for (var i = index; watch.Elapsed < RunTime; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            var started = Started(records, $"job-{i % Jobs}", TimeProvider.System.GetUtcNow());
            await records.ClaimAsync(started, "{ \"name\": \"job\" }", CancellationToken.None);
            var finished = started with { Status = ExecutionStatus.Succeeded, ExitCode = 0, FinishedAt = TimeProvider.System.GetUtcNow() };
            await records.FinishAsync(finished, Result(finished), hasSteps: true, CancellationToken.None);
            for (var step = 0; step < Outcomes.Length; step++)
            {
                records.NoteOutcome(started.Id, step, Outcomes[step]);
            }

            await records.EndProcessingAsync(finished, null, Outcomes, CancellationToken.None);
            durations.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        return durations;
    }

    /// <summary>An open loop: a claim is asked for when its time has come, whether or not those before have ended.</summary>
    private static async Task<double[]> ClaimAtRateAsync(ExecutionRecords records, int rate)
    {
        var count = Math.Max(20, (int)(rate * RunTime.TotalSeconds));
        var pending = new List<Task<double>>(count);
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / rate);
            while (Stopwatch.GetElapsedTime(begin) is var now && now < due)
            {
                await Task.Delay(due - now > TimeSpan.FromMilliseconds(1) ? due - now : TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }

            pending.Add(ClaimAsync(records, $"job-{i % Jobs}"));
        }

        return await Task.WhenAll(pending);
    }

    private static async Task<double> ClaimAsync(ExecutionRecords records, string job)
    {
        var begin = Stopwatch.GetTimestamp();
        await records.ClaimAsync(Started(records, job, TimeProvider.System.GetUtcNow()), CancellationToken.None);
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }
}

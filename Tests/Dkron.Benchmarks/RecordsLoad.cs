using System.Diagnostics;
using System.Globalization;
using Dkron.Abstractions;
using Dkron.Benchmarks.Processing;
using Dkron.Host.Execution;
using Dkron.Host.Records;

namespace Dkron.Benchmarks;

/// <summary>Load on records, and the same rows on bare SQLite.</summary>
internal static class RecordsLoad
{
    private const int Jobs = 1000;
    private const int Turns = 4;
    private static readonly TimeSpan TurnTime = TimeSpan.FromSeconds(1.5);
    public static readonly ExecutionOutput Output = ExecutionOutput.FromText(new string('x', 200));
    private static long _firing;

    /// <summary>Executions a second, from claim to the end of a chain of three plugin steps that do nothing, beside what SQLite alone does with the same rows; by turns, so that both meet the same machine.</summary>
    public static async Task PrintThroughputAsync()
    {
        Print($"{"at once",12} {"executions/s",14} {"bare rows/s",12} {"of bare",8} {"p50 ms",8} {"p99 ms",8} {"MB",6}");
        foreach (var concurrency in (int[])[1, 64, 1024])
        {
            await using var folder = new RecordsTemporary();
            await using var chain = await NoOpChain.CreateAsync();
            var records = folder.Open();
            using var bareRows = new RecordsBare();   // after ours, which tells SQLite how it is to work in this process
            var durations = new List<double>();
            var (bare, time) = (0.0, 0.0);
            for (var turn = 0; turn < Turns; turn++)
            {
                bare += bareRows.RowsPerSecond(TurnTime) / Turns;
                var watch = Stopwatch.StartNew();
                var all = await Task.WhenAll(Enumerable.Range(0, concurrency).Select(i => Task.Run(() => LoopAsync(records, chain, i, watch))));
                time += watch.Elapsed.TotalSeconds;
                durations.AddRange(all.SelectMany(one => one));
            }

            var sorted = durations.Order().ToArray();
            var rate = sorted.Length / time;
            Print($"{concurrency,12} {rate,14:N0} {bare,12:N0} {rate / bare,8:P0} {At(sorted, 0.5),8:N2} {At(sorted, 0.99),8:N2} {Environment.WorkingSet >> 20,6}");
        }
    }

    /// <summary>How long a claim takes to be on disk at given rates, beside bare synced commits of a row at the same rate, and beside such commits one right after the other; by turns, the first of which is not counted.</summary>
    /// <remarks>One right after the other they keep the disk awake, and one that stalls counts as one of tens of thousands. At a rate each bare commit counts from its own begin, which favours them: ours count from when they were asked for, however many wait together.</remarks>
    public static async Task PrintLatencyAsync(IReadOnlyList<int> rates)
    {
        Print($"{"commits/s",12} {"p50 ms",8} {"p99 ms",8} {"max ms",8} {"bare p50",9} {"bare p99",9} {"bare max",9} {"p99 of bare",12} {"unpaced p50",12} {"unpaced p99",12}");
        foreach (var rate in rates)
        {
            await using var folder = new RecordsTemporary();
            var records = folder.Open();
            using var bare = new RecordsBare();   // after ours, which tells SQLite how it is to work in this process
            var (ours, paced, unpaced) = (new List<double>(), new List<double>(), new List<double>());
            for (var turn = 0; turn <= Turns; turn++)
            {
                unpaced.AddRange(bare.CommitMilliseconds(TurnTime));
                paced.AddRange(await AtRateAsync(rate, _ => Task.FromResult(bare.CommitMilliseconds())));
                ours.AddRange(await AtRateAsync(rate, i => ClaimAsync(records, $"job-{i % Jobs}")));
                if (turn == 0)
                {
                    ours.Clear();
                    paced.Clear();
                    unpaced.Clear();
                }
            }

            var (a, b, c) = (ours.Order().ToArray(), paced.Order().ToArray(), unpaced.Order().ToArray());
            Print($"{rate,12:N0} {At(a, 0.5),8:N2} {At(a, 0.99),8:N2} {a[^1],8:N2} {At(b, 0.5),9:N2} {At(b, 0.99),9:N2} {b[^1],9:N2} {At(a, 0.99) / At(b, 0.99),12:N1} {At(c, 0.5),12:N2} {At(c, 0.99),12:N2}");
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

    private static async Task<List<double>> LoopAsync(ExecutionRecords records, NoOpChain chain, int index, Stopwatch watch)
    {
        var durations = new List<double>();
        for (var i = index; watch.Elapsed < TurnTime; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            var started = Started(records, $"job-{i % Jobs}", TimeProvider.System.GetUtcNow());
            await records.ClaimAsync(started, "{ \"name\": \"job\" }", CancellationToken.None);
            var finished = started with { Status = ExecutionStatus.Succeeded, ExitCode = 0, FinishedAt = TimeProvider.System.GetUtcNow() };
            await records.FinishAsync(finished, Result(finished), hasSteps: true, CancellationToken.None);
            await chain.ProcessAsync(records, finished, Output);
            durations.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        return durations;
    }

    /// <summary>Asks for each when its time has come, whether or not those before have ended; one that blocks delays the next ones.</summary>
    private static async Task<double[]> AtRateAsync(int rate, Func<int, Task<double>> ask)
    {
        var count = Math.Max(5, (int)(rate * TurnTime.TotalSeconds));
        var pending = new List<Task<double>>(count);
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / rate);
            while (Stopwatch.GetElapsedTime(begin) is var now && now < due)
            {
                await Task.Delay(due - now > TimeSpan.FromMilliseconds(1) ? due - now : TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }

            pending.Add(ask(i));
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

using BenchmarkDotNet.Attributes;

namespace Dkron.Benchmarks;

/// <summary>What durable records cost. Each prints a table of its own: rates and percentiles say more here than a mean.</summary>
/// <remarks>dotnet run -c Release --project Tests/Dkron.Benchmarks -- --filter '*Records*'</remarks>
#pragma warning disable CA1822 // BenchmarkDotNet calls instance methods.
[Config(typeof(RecordsOnce))]
public class RecordsBenchmarks
{
    /// <summary>Executions a second, from claim to the end of three steps, beside what SQLite alone does with the same rows.</summary>
    [Benchmark]
    public Task Throughput() => RecordsLoad.PrintThroughputAsync();

    /// <summary>How long a claim takes to be on disk at given rates, beside a bare synced commit.</summary>
    [Benchmark]
    public Task CommitLatency() => RecordsLoad.PrintLatencyAsync();

    /// <summary>Opening, listing and pruning with a million executions.</summary>
    [Benchmark]
    public Task Million() => RecordsMillion.PrintAsync();
}

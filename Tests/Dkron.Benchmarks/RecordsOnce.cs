using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Dkron.Benchmarks;

/// <summary>Runs a benchmark once and in this process: it measures itself.</summary>
#pragma warning disable CA1812 // BenchmarkDotNet makes it, by its type.
internal sealed class RecordsOnce : ManualConfig
{
    public RecordsOnce() => AddJob(Job.Dry.WithToolchain(new InProcessEmitToolchain(TimeSpan.FromHours(1), logOutput: false)).WithStrategy(RunStrategy.ColdStart));
}

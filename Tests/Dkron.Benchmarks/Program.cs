using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Dkron.Benchmarks.Plugins;

namespace Dkron.Benchmarks;

internal static class Program
{
    /// <summary>A benchmark is built anew with all that it references, which two minutes (the default) do not suffice for on two cores.</summary>
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(10);

    private static async Task Main(string[] args)
    {
        if (args is ["--scheduling"])
        {
            await SchedulingReport.RunAsync();
            Console.WriteLine();
            await SchedulingPeersReport.RunAsync();
            return;
        }

        if (args is ["--spawn"])
        {
            Measure(["--filter", "*SpawnBenchmarks*"]);
            return;
        }

        if (args is [var report, ..] && report.StartsWith("--plugins", StringComparison.Ordinal))
        {
            await PluginReports.RunAsync(args);
            return;
        }

        if (args is ["--records", .. var parts])
        {
            await RecordsReport.RunAsync(parts);
            return;
        }

        Measure(args);
    }

    private static void Measure(string[] args) =>
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, ManualConfig.Create(DefaultConfig.Instance).WithBuildTimeout(BuildLimit));
}

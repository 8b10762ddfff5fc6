using BenchmarkDotNet.Running;
using Dkron.Benchmarks.Plugins;

namespace Dkron.Benchmarks;

internal static class Program
{
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
            BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(["--filter", "*SpawnBenchmarks*"]);
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

        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
    }
}

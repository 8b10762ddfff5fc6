using BenchmarkDotNet.Running;

namespace Dkron.Benchmarks;

internal static class Program
{
    private static async Task Main(string[] args)
    {
        if (args is ["--scheduling"])
        {
            await SchedulingReport.RunAsync();
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

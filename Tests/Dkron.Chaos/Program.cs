using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Dkron.Chaos;

/// <summary>Runs the tests; or, with a verb, the long form of one of them.</summary>
internal static class Program
{
    private const string Usage = "Dkron.Chaos kill [--kills N] [--rate N] [--seed N] [--keep FOLDER], Dkron.Chaos damage [--damages N] [--seed N], or the options of the tests.";

    public static async Task<int> Main(string[] args)
    {
        if (args is ["kill" or "damage", .. var rest])
        {
            if (!ChaosOptions.TryRead(rest, out var options))
            {
                await Console.Error.WriteLineAsync(Usage);
                return 2;
            }

            var findings = args[0] == "kill" ? await new KillRun(options, Console.Out).RunAsync() : await new DamageRun(options.Damages, options.Seed, Console.Out).RunAsync();
            return findings.Count == 0 ? 0 : 1;
        }

        return args.Contains("--server") || args.Contains("--internal-msbuild-node")
            ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await ConsoleRunner.Run(args);
    }
}

using Dkron.Host.Tests.Plugins;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Dkron.Host.Tests;

/// <summary>Runs the tests; or, when a test asks for it, is a process that the test starts.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is [SwappingProcess.Verb, var root])
        {
            return await SwappingProcess.RunAsync(root);
        }

        if (args is [UnloadCorpusProcess.Verb])
        {
            return await UnloadCorpusProcess.RunAsync();
        }

        return args.Contains("--server") || args.Contains("--internal-msbuild-node")
            ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await ConsoleRunner.Run(args);
    }
}

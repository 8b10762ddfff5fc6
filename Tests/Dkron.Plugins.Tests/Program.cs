using Dkron.Plugins.Tests.Log;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Dkron.Plugins.Tests;

/// <summary>Runs the tests; or, when a test asks for it, is the process of a host that writes to its own stdout and stderr.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is [LoggingHost.Verb, .. var rest])
        {
            return await LoggingHost.RunAsync(rest);
        }

        return args.Contains("--server") || args.Contains("--internal-msbuild-node")
            ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await ConsoleRunner.Run(args);
    }
}

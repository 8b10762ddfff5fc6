using System.CommandLine;
using Dkron.Host.Api;

namespace Dkron.Host.Cli;

/// <summary>Tells which Dkron this is.</summary>
internal sealed class VersionVerb(CliParts parts, CommonOptions common) : IVerb
{
    public Command Command { get; } = new("version", "Print the version.") { common.Json };

    public Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (common.IsJson(arguments))
        {
            parts.Screen.WriteJson(VersionDocument.OfProcess, ApiJson.Shape.VersionDocument);
        }
        else
        {
            parts.Screen.WriteLine($"dkron {VersionDocument.OfProcess.Version}");
        }

        return Task.FromResult(ExitCode.Done);
    }
}

using System.CommandLine;

namespace Dkron.Host.Cli;

/// <summary>Lists the plugins.</summary>
internal sealed class PluginListVerb(CliParts parts, CommonOptions common) : IVerb
{
    public Command Command { get; } = new("list", "List the plugins.") { common.Json };

    public async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var lease = await new Connection(parts).OpenAsync(common.Settings(arguments), cancellationToken);
        PluginRows.Write(await lease.Control.PluginsAsync(cancellationToken), parts.Screen, common.IsJson(arguments));
        return ExitCode.Done;
    }
}

using System.CommandLine;

namespace Dkron.Host.Cli;

/// <summary>Goes back to an earlier version of a plugin.</summary>
internal sealed class PluginRollbackVerb : IVerb
{
    private readonly CliParts _parts;
    private readonly CommonOptions _common;
    private readonly Argument<string> _name = new("NAME") { Description = "The plugin." };

    public PluginRollbackVerb(CliParts parts, CommonOptions common)
    {
        (_parts, _common) = (parts, common);
        Command = new("rollback", "Go back to the version of a plugin that worked before, until a new build is in its folder.") { _name, common.Json };
    }

    public Command Command { get; }

    public async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var lease = await new Connection(_parts).OpenAsync(_common.Settings(arguments), cancellationToken);
        PluginRows.Write(await lease.Control.RollBackPluginAsync(arguments.GetRequiredValue(_name), cancellationToken), _parts.Screen, _common.IsJson(arguments));
        return ExitCode.Done;
    }
}

using System.CommandLine;
using Dkron.Host.Api;
using Dkron.Host.Plugins;

namespace Dkron.Host.Cli;

/// <summary>Has the agent look at the plugins' folders now.</summary>
internal sealed class PluginReloadVerb : IVerb
{
    private readonly CliParts _parts;
    private readonly CommonOptions _common;
    private readonly Argument<string?> _name = new("NAME") { Description = "The plugin; all when it is not given.", Arity = ArgumentArity.ZeroOrOne };

    public PluginReloadVerb(CliParts parts, CommonOptions common)
    {
        (_parts, _common) = (parts, common);
        Command = new("reload", "Look at the plugins' folders now, and try again what was refused. Exit code 1 when something is refused.") { _name, common.Json };
    }

    public Command Command { get; }

    public async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var lease = await new Connection(_parts).OpenAsync(_common.Settings(arguments), cancellationToken);
        var plugins = await lease.Control.ReloadPluginsAsync(arguments.GetValue(_name), cancellationToken);
        PluginRows.Write(plugins, _parts.Screen, _common.IsJson(arguments));
        return plugins.Any(plugin => plugin.Refusal is not null || plugin.State == Words.Of(GenerationState.Rejected)) ? ExitCode.Failed : ExitCode.Done;
    }
}

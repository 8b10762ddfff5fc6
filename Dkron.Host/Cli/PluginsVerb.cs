using System.CommandLine;

namespace Dkron.Host.Cli;

/// <summary>All that can be asked and done about plugins; without a further word they are listed.</summary>
internal sealed class PluginsVerb : IVerb
{
    private readonly PluginListVerb _list;

    public PluginsVerb(CliParts parts, CommonOptions common)
    {
        _list = new PluginListVerb(parts, common);
        IVerb[] verbs =
        [
            _list,
            new PluginDescribeVerb(parts, common),
            new PluginCheckVerb(parts, common),
            new PluginHashVerb(parts, common),
            new PluginInspectVerb(parts, common),
            new PluginInstallVerb(parts, common),
            new PluginRemoveVerb(parts, common),
            new PluginReloadVerb(parts, common),
            new PluginRollbackVerb(parts, common),
        ];
        Command = new("plugins", "List the plugins, or one of: describe, check, hash, inspect, install, remove, reload, rollback.") { common.Json };
        foreach (var verb in verbs)
        {
            verb.Command.SetAction(verb.RunAsync);
            Command.Add(verb.Command);
        }
    }

    public Command Command { get; }

    public Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken) => _list.RunAsync(arguments, cancellationToken);
}

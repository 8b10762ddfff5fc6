using System.CommandLine;
using Dkron.Host.Api;
using Dkron.Host.Plugins;

namespace Dkron.Host.Cli;

/// <summary>Lists the plugins, and changes which versions run.</summary>
internal sealed class PluginsVerb : IVerb
{
    private readonly CliParts _parts;
    private readonly CommonOptions _common;

    public PluginsVerb(CliParts parts, CommonOptions common)
    {
        (_parts, _common) = (parts, common);
        Command = new("plugins", "List the plugins.") { common.Json, Reload(), RollBack(), Hash() };
    }

    public Command Command { get; }

    public async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var lease = await new Connection(_parts).OpenAsync(_common.Settings(arguments), cancellationToken);
        Write(await lease.Control.PluginsAsync(cancellationToken), arguments);
        return ExitCode.Done;
    }

    private Command Reload()
    {
        var name = new Argument<string?>("NAME") { Description = "The plugin; all when it is not given.", Arity = ArgumentArity.ZeroOrOne };
        var verb = new Command("reload", "Look at the plugins' folders now, and try again what was refused. Exit code 1 when something is refused.") { name, _common.Json };
        verb.SetAction(async (arguments, cancellationToken) =>
        {
            await using var lease = await new Connection(_parts).OpenAsync(_common.Settings(arguments), cancellationToken);
            var plugins = await lease.Control.ReloadPluginsAsync(arguments.GetValue(name), cancellationToken);
            Write(plugins, arguments);
            return plugins.Any(plugin => plugin.State == Words.Of(GenerationState.Rejected)) ? ExitCode.Failed : ExitCode.Done;
        });
        return verb;
    }

    private Command RollBack()
    {
        var name = new Argument<string>("NAME") { Description = "The plugin." };
        var verb = new Command("rollback", "Go back to the version of a plugin that worked before, until a new build is in its folder.") { name, _common.Json };
        verb.SetAction(async (arguments, cancellationToken) =>
        {
            await using var lease = await new Connection(_parts).OpenAsync(_common.Settings(arguments), cancellationToken);
            Write(await lease.Control.RollBackPluginAsync(arguments.GetRequiredValue(name), cancellationToken), arguments);
            return ExitCode.Done;
        });
        return verb;
    }

    private Command Hash()
    {
        var folder = new Argument<string>("DIR") { Description = "A plugin's folder, or its dropped-in dll." };
        var verb = new Command("hash", "Print the SHA-256 of a plugin's files, for Dkron:Plugins:Allow.") { folder };
        verb.SetAction((arguments, _) =>
        {
            try
            {
                _parts.Screen.WriteLine(TreeHash.Of(PluginSource.At(arguments.GetRequiredValue(folder))));
                return Task.FromResult(ExitCode.Done);
            }
            catch (PluginRefusedException e)
            {
                throw new ControlException(ControlError.Invalid, e.Message, e);
            }
        });
        return verb;
    }

    private void Write(IReadOnlyList<PluginDocument> plugins, ParseResult arguments)
    {
        if (_common.IsJson(arguments))
        {
            _parts.Screen.WriteJson(plugins, ApiJson.Shape.IReadOnlyListPluginDocument);
            return;
        }

        var rows = new Rows("NAME", "TYPE", "VERSION", "STATE", "LOCATION", "REMARKS");
        foreach (var plugin in plugins)
        {
            var remarks = plugin.Error is null ? plugin.Warnings : [plugin.Error, .. plugin.Warnings];
            rows.Add(plugin.Name, plugin.Type, plugin.Version, plugin.State, plugin.Location, string.Join("; ", remarks));
        }

        _parts.Screen.Write(rows);
    }
}

using System.CommandLine;
using System.Globalization;
using Dkron.Host.Api;
using Dkron.Host.Authoring;
using Dkron.Host.Plugins;

namespace Dkron.Host.Cli;

/// <summary>Shows what a plugin's files tell.</summary>
internal sealed class PluginInspectVerb : IVerb
{
    private readonly CliParts _parts;
    private readonly CommonOptions _common;
    private readonly Argument<string> _folder = new("DIR") { Description = "A plugin's folder, or its dropped-in dll." };
    private readonly Option<bool> _options = new("--options") { Description = "Load it as well, as 'check' does, to tell which options it declares. Runs its code." };

    public PluginInspectVerb(CliParts parts, CommonOptions common)
    {
        (_parts, _common) = (parts, common);
        Command = new("inspect", "Show what a plugin's files tell, without running any of its code: version, contract, framework, references, unload risks.") { _folder, _options, common.Json };
    }

    public Command Command { get; }

    public async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var folder = arguments.GetRequiredValue(_folder);
        InspectDocument plugin;
        try
        {
            plugin = PluginInspect.Of(folder);
        }
        catch (PluginRefusedException e)
        {
            throw new ControlException(ControlError.Invalid, e.Message, e);
        }

        if (arguments.GetValue(_options) && plugin.Error is null)
        {
            var check = await new PluginCheck(new PluginOptions { PermissionCheck = PermissionCheck.Off }, _parts.Time).RunAsync(folder, cancellationToken);
            plugin = plugin with { Options = check.Options, Error = check.Error };
        }

        if (_common.IsJson(arguments))
        {
            _parts.Screen.WriteJson(plugin, AuthoringJson.Shape.InspectDocument);
        }
        else
        {
            Tell(plugin, arguments.GetValue(_options));
        }

        return ExitCode.Done;
    }

    private void Tell(InspectDocument plugin, bool withOptions)
    {
        Line("name", plugin.Name);
        Line("type", plugin.Type + (plugin.Delivery ? ", a delivery: calls that did not work are tried again" : ""));
        Line("version", plugin.Version);
        Line("contract", plugin.Contract);
        Line("framework", plugin.TargetFramework);
        Line("files", string.Create(CultureInfo.InvariantCulture, $"{plugin.Files}, {Shown.Bytes(plugin.Bytes)}"));
        Line("hash", plugin.TreeHash);
        foreach (var reference in plugin.References.Where(reference => reference.Source != "framework"))
        {
            Line("needs", $"{reference.Name} {reference.Version} ({reference.Source})");
        }

        foreach (var risk in plugin.UnloadRisks)
        {
            Line("risk", $"a replaced version may stay in memory, since {risk}");
        }

        if (plugin.Error is { } error)
        {
            Line("refused", error);
        }

        if (withOptions)
        {
            OptionRows.Write(plugin.Options, _parts.Screen);
        }
    }

    private void Line(string key, string value) => _parts.Screen.WriteLine($"{key,-9}  {(value.Length > 0 ? value : "-")}");
}

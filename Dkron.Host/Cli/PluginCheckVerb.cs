using System.CommandLine;
using Dkron.Host.Api;
using Dkron.Host.Authoring;
using Dkron.Host.Plugins;

namespace Dkron.Host.Cli;

/// <summary>Says whether an agent would use a plugin.</summary>
internal sealed class PluginCheckVerb : IVerb
{
    private readonly CliParts _parts;
    private readonly CommonOptions _common;
    private readonly Argument<string> _folder = new("DIR") { Description = "A plugin's folder, or its dropped-in dll." };

    public PluginCheckVerb(CliParts parts, CommonOptions common)
    {
        (_parts, _common) = (parts, common);
        Command = new("check", "Do all that an agent does when it loads a plugin, without an agent: it runs the plugin's constructor, start and self-test. Exit code 0 when an agent would use it, else 1.") { _folder, common.Json };
    }

    public Command Command { get; }

    public async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var result = await new PluginCheck(Options(arguments), _parts.Time).RunAsync(arguments.GetRequiredValue(_folder), cancellationToken);
        if (_common.IsJson(arguments))
        {
            _parts.Screen.WriteJson(result, AuthoringJson.Shape.CheckDocument);
        }
        else
        {
            Tell(result);
        }

        return result.Good ? ExitCode.Done : ExitCode.Failed;
    }

    private void Tell(CheckDocument result)
    {
        var screen = _parts.Screen;
        foreach (var line in result.Log)
        {
            screen.WriteAside(line);
        }

        foreach (var warning in result.Warnings)
        {
            screen.WriteAside($"dkron: warning: {warning}");
        }

        if (result.Error is { } error)
        {
            screen.Complain($"{result.Location} would be refused: {error}");
            return;
        }

        screen.WriteLine($"{result.Location}: good: {result.Type} {result.Name} {result.Version}{(result.LeavesMemory == true ? ", leaves memory when it is replaced" : "")}");
        screen.WriteLine($"hash       {result.TreeHash}");
        OptionRows.Write(result.Options, screen);
    }

    /// <summary>The settings say who may change plugins and which builds may run; without settings that can be read, the defaults hold.</summary>
    private PluginOptions Options(ParseResult arguments)
    {
        try
        {
            return _parts.PluginOptions(_common.Settings(arguments));
        }
        catch (ControlException e) when (e.Error == ControlError.Invalid && _common.Settings(arguments).Files.Count == 0)
        {
            return new PluginOptions();
        }
    }
}

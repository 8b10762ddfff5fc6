using System.CommandLine;
using Dkron.Host.Api;
using Dkron.Host.Authoring;

namespace Dkron.Host.Cli;

/// <summary>Shows one plugin and the options it takes.</summary>
internal sealed class PluginDescribeVerb : IVerb
{
    private readonly CliParts _parts;
    private readonly CommonOptions _common;
    private readonly Argument<string> _name = new("NAME") { Description = "The plugin, such as files." };
    private readonly Option<bool> _markdown = new("--markdown") { Description = "Print the table of options for the plugin's page and nothing else." };

    public PluginDescribeVerb(CliParts parts, CommonOptions common)
    {
        (_parts, _common) = (parts, common);
        Command = new("describe", "Show one plugin and the options that it declares.") { _name, _markdown, common.Json };
    }

    public Command Command { get; }

    public async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var name = arguments.GetRequiredValue(_name);
        await using var lease = await new Connection(_parts).OpenAsync(_common.Settings(arguments), cancellationToken);

        // Of a plugin that is being replaced the one that takes the calls is meant.
        var plugin = (await lease.Control.PluginsAsync(cancellationToken)).Where(plugin => plugin.Name == name).OrderBy(plugin => plugin.Error is not null).ThenByDescending(plugin => plugin.Generation).FirstOrDefault()
            ?? throw new ControlException(ControlError.NotFound, $"there is no plugin '{name}'; dkron plugins lists them");
        if (_common.IsJson(arguments))
        {
            _parts.Screen.WriteJson(plugin, ApiJson.Shape.PluginDocument);
        }
        else if (arguments.GetValue(_markdown))
        {
            foreach (var line in OptionTable.Of(plugin.Options ?? []))
            {
                _parts.Screen.WriteLine(line);
            }
        }
        else
        {
            Tell(plugin);
        }

        return plugin.Error is null ? ExitCode.Done : ExitCode.Failed;
    }

    private void Tell(PluginDocument plugin)
    {
        var screen = _parts.Screen;
        screen.WriteLine($"name       {plugin.Name}");
        screen.WriteLine($"version    {(plugin.Version.Length > 0 ? plugin.Version : "-")}");
        screen.WriteLine($"state      {plugin.State}{(plugin.Error is { } error ? $": {error}" : "")}");
        screen.WriteLine($"location   {plugin.Location}");
        foreach (var warning in plugin.Warnings)
        {
            screen.WriteLine($"warning    {warning}");
        }

        OptionRows.Write(plugin.Options, screen);
    }
}

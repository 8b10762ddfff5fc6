using System.CommandLine;
using Dkron.Host.Api;

namespace Dkron.Host.Cli;

/// <summary>Lists the plugins.</summary>
internal sealed class PluginsVerb(CliParts parts, CommonOptions common) : IVerb
{
    public Command Command { get; } = new("plugins", "List the plugins.") { common.Json };

    public async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var lease = await new Connection(parts).OpenAsync(common.Settings(arguments), cancellationToken);
        var plugins = await lease.Control.PluginsAsync(cancellationToken);
        if (common.IsJson(arguments))
        {
            parts.Screen.WriteJson(plugins, ApiJson.Shape.IReadOnlyListPluginDocument);
            return ExitCode.Done;
        }

        var rows = new Rows("NAME", "TYPE", "VERSION", "STATE", "LOCATION", "REMARKS");
        foreach (var plugin in plugins)
        {
            var remarks = plugin.Error is null ? plugin.Warnings : [plugin.Error, .. plugin.Warnings];
            rows.Add(plugin.Name, plugin.Type, plugin.Version, plugin.State, plugin.Location, string.Join("; ", remarks));
        }

        parts.Screen.Write(rows);
        return ExitCode.Done;
    }
}

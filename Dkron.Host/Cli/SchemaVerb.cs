using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dkron.Host.Api;
using Dkron.Host.Authoring.Schema;

namespace Dkron.Host.Cli;

/// <summary>Prints a JSON schema of the settings, with the plugins that are installed here.</summary>
internal sealed class SchemaVerb : IVerb
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = ApiJson.Shape.Options.Encoder };

    private readonly CliParts _parts;
    private readonly CommonOptions _common;
    private readonly Option<bool> _partial = new("--partial") { Description = "For a file that only overlays another: nothing is required." };

    public SchemaVerb(CliParts parts, CommonOptions common)
    {
        (_parts, _common) = (parts, common);
        Command = new("schema", "Print a JSON schema (2020-12) of appsettings.json with the plugins installed here, for editors: dkron schema > appsettings.schema.json") { _partial };
    }

    public Command Command { get; }

    public async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var plugins = await _parts.InstalledPlugins(_common.Settings(arguments), cancellationToken);
        JsonObject schema = SettingsSchema.Of(plugins, isPartial: arguments.GetValue(_partial));
        await _parts.Screen.Text.WriteLineAsync(schema.ToJsonString(Indented));
        return ExitCode.Done;
    }
}

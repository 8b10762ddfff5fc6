using System.Text.Json.Nodes;
using Dkron.Host.Api;
using Dkron.Host.Plugins;

namespace Dkron.Host.Authoring.Schema;

/// <summary>A JSON schema of a settings file: what can be said of it without looking at other files, the environment or the machine.</summary>
/// <remarks>
/// Draft 2020-12, held to what older validators know as well: no <c>if</c>, no <c>const</c>, no <c>propertyNames</c>, and <c>definitions</c>, which the draft keeps beside <c>$defs</c>.
/// It demands the spelling of keys that is documented; that apart it refuses nothing that the host takes.
/// </remarks>
internal static class SettingsSchema
{
    private static readonly string[] Sections = ["Dkron", "Jobs", "Processors", "Serilog"];

    /// <summary>The schema.</summary>
    /// <param name="plugins">The plugins that jobs may name.</param>
    /// <param name="isPartial">Whether the file only overlays another one, so that nothing is required of it.</param>
    public static JsonObject Of(IReadOnlyList<PluginDocument> plugins, bool isPartial)
    {
        var steps = new StepSchema([.. plugins.Where(plugin => plugin.Type == PluginType.Processor.Name).DistinctBy(plugin => plugin.Name)]);
        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Settings of Dkron for .NET",
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["$schema"] = new JsonObject { ["type"] = "string" },
                ["Dkron"] = new HostSchema(SettingsAccess.Sections).Section().Described("The host's own settings."),
                ["Processors"] = steps.Sections(),
                ["Jobs"] = Jobs(isPartial),
                ["Serilog"] = new JsonObject { ["type"] = new JsonArray("object", "null") }.Described("The host's log; see Serilog.Settings.Configuration."),
            },
            // A key with colons is for the environment and the command line; in a file it is refused.
            ["patternProperties"] = new JsonObject { [$"^({string.Join('|', Sections)}):"] = new JsonObject { ["not"] = new JsonObject() } },
            ["definitions"] = new JsonObject([KeyValuePair.Create<string, JsonNode?>("job", new JobSchema(steps, isPartial).Job()), .. steps.Definitions]),
        };
    }

    private static JsonObject Jobs(bool isPartial)
    {
        var item = isPartial
            ? Piece.Ref("job")
            : new JsonObject { ["allOf"] = new JsonArray(Piece.Ref("job"), new JsonObject { ["required"] = new JsonArray("name"), ["properties"] = new JsonObject { ["name"] = new JsonObject { ["type"] = "string" } } }) };
        return Piece.Any(
            new JsonObject { ["type"] = "object", ["description"] = "Jobs by their names.", ["patternProperties"] = new JsonObject { [JobSchema.NamePattern] = Piece.Ref("job") }, ["additionalProperties"] = false },
            new JsonObject { ["type"] = "array", ["description"] = "Dkron job documents with a name.", ["items"] = item },
            Piece.Null());
    }
}

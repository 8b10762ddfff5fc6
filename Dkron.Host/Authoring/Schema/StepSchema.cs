using System.Globalization;
using System.Text.Json.Nodes;
using Dkron.Abstractions;
using Dkron.Host.Api;
using Dkron.Host.Jobs;

namespace Dkron.Host.Authoring.Schema;

/// <summary>The steps of a job, and the node's sections, for the processors that there are.</summary>
internal sealed class StepSchema(IReadOnlyList<PluginDocument> plugins)
{
    private const int MaxRetries = 100;

    /// <summary>For each processor its step, in an object or an array, and its section.</summary>
    public IEnumerable<KeyValuePair<string, JsonNode?>> Definitions => plugins.Select(plugin => KeyValuePair.Create<string, JsonNode?>(NameOf(plugin), Step(plugin, Piece.Any(Piece.Enum([plugin.Name]), Piece.Null()))))
        .Concat(plugins.Select(plugin => KeyValuePair.Create<string, JsonNode?>(NameOf(plugin) + "_item", Item(plugin))))
        .Concat(plugins.Select(plugin => KeyValuePair.Create<string, JsonNode?>(NameOf(plugin) + "_section", Step(plugin, new JsonObject { ["not"] = new JsonObject() }))));

    /// <summary>A job's <c>processors</c>: an object or an array.</summary>
    public JsonObject Steps() => Piece.Any(
        Named("Called in the order in which they stand here.", ""),
        new JsonObject
        {
            ["type"] = "array",
            ["description"] = "Called in this order; a processor may stand here twice.",
            ["items"] = plugins.Count == 0 ? new JsonObject { ["type"] = "object", ["required"] = new JsonArray("name") } : Piece.Any(plugins.Select(plugin => Piece.Ref(NameOf(plugin) + "_item"))),
        },
        Piece.Null());

    /// <summary>The section <c>Processors</c>. A section for a processor that is not there is no mistake.</summary>
    public JsonObject Sections()
    {
        var sections = Named("What every step of a processor starts from: addresses and passwords stand here, on the node.", "_section");
        sections["additionalProperties"] = Piece.Map();
        return Piece.Any(sections, Piece.Null());
    }

    private static string NameOf(PluginDocument plugin) => "processor_" + plugin.Name;

    private JsonObject Named(string description, string ending) => new()
    {
        ["type"] = "object",
        ["description"] = description,
        ["properties"] = new JsonObject(plugins.Select(plugin => KeyValuePair.Create<string, JsonNode?>(plugin.Name, Piece.Any(Piece.Ref(NameOf(plugin) + ending), Piece.Null())))),
        ["additionalProperties"] = false,
    };

    private static JsonObject Item(PluginDocument plugin)
    {
        var item = Step(plugin, Piece.Enum([plugin.Name]));
        item["required"] = new JsonArray("name");
        return item;
    }

    /// <param name="plugin">The processor.</param>
    /// <param name="name">What may stand under <c>name</c>: in a node's section nothing, since the section is named by its key.</param>
    private static JsonObject Step(PluginDocument plugin, JsonObject name)
    {
        var properties = new JsonObject
        {
            ["name"] = name,
            ["forward"] = Piece.Boolean().Described("true: the output goes on unchanged; false: a marker takes its place, once the delivery is known to have worked.", JsonValue.Create(false)),
            ["when"] = Piece.Words(Enum.GetNames<StepCondition>().Select(word => word.ToLowerInvariant())).Described("For which executions it is called.", JsonValue.Create("always")),
            ["on_error"] = Piece.Words(Enum.GetNames<StepFailure>().Select(word => word.ToLowerInvariant())).Described("What a failure means for the later steps and for the execution.", JsonValue.Create("continue")),
            ["timeout"] = Piece.TimeSpan(isPositive: true, mayBeEmpty: true).Described("When a call is cancelled.", JsonValue.Create("30s")),
            ["retries"] = Piece.Integer(0, MaxRetries).Described("How often a call that did not work is tried again."),
            ["retry_backoff"] = Piece.TimeSpan(isPositive: false, mayBeEmpty: true).Described("How long to wait before the first of them."),
        };
        foreach (var option in plugin.Options ?? [])
        {
            properties[option.Name] = Option(option);
        }

        var step = new JsonObject { ["type"] = "object", ["properties"] = properties };
        step["additionalProperties"] = plugin.Options is null ? Piece.Scalar() : false;
        return step;
    }

    // That an option is required is not said: it may stand in the node's section, or in the environment.
    private static JsonObject Option(OptionDocument option)
    {
        var piece = option.Type switch
        {
            OptionType.Boolean => Piece.Boolean(withPlaceholder: true),
            OptionType.Integer => Piece.Integer(option.Minimum, option.Maximum, withPlaceholder: true),
            OptionType.Duration => Piece.TimeSpan(isPositive: option.Minimum > 0, withPlaceholder: true),
            OptionType.Size => Piece.Size(option.Minimum, option.Maximum, withPlaceholder: true),
            OptionType.Text when option.Choices.Count > 0 => Piece.Words(option.Choices, withPlaceholder: true),
            _ when option.Required => Piece.Any(Piece.Text(@"\S"), new JsonObject { ["type"] = new JsonArray("number", "boolean") }, Piece.Null()),
            _ => Piece.Scalar(),
        };
        if (option.Type == OptionType.Secret)
        {
            piece["writeOnly"] = true;
        }

        return piece.Described(option.Required ? $"{option.Description} Required, here or in the node's section." : option.Description, Default(option));
    }

    private static JsonValue? Default(OptionDocument option) => (option.Type, option.Default) switch
    {
        (_, null) or (OptionType.Secret, _) => null,
        (OptionType.Boolean, var text) => JsonValue.Create(BooleanText.TryParse(text, out var value) && value),
        (OptionType.Integer, var text) => JsonValue.Create(long.Parse(text, CultureInfo.InvariantCulture)),
        (_, var text) => JsonValue.Create(text),
    };
}

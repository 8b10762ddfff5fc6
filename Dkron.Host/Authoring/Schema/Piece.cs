using System.Text;
using System.Text.Json.Nodes;

namespace Dkron.Host.Authoring.Schema;

/// <summary>The pieces that a schema is made of. Each call gives a new one, since a node has one parent only.</summary>
/// <remarks>
/// They take what the host takes: JSON's own kinds as well as texts, and null for 'not given'. They demand the spelling that
/// is documented, where the host does not mind the case of a key.
/// </remarks>
internal static class Piece
{
    /// <summary>A pattern of a number without a sign.</summary>
    public const string Number = @"(\d+(\.\d*)?|\.\d+)";

    /// <summary>A pattern of a length of time such as <c>1m30s</c>.</summary>
    public const string Duration = $@"\+?(0|({Number}(ns|us|µs|μs|ms|s|m|h|d|w))+)";

    // An option's text may hold what the host puts in later, such as ${data}.
    private const string Placeholder = @"\$\{";

    public static JsonObject Null() => new() { ["type"] = "null" };

    public static JsonObject Any(params IEnumerable<JsonNode> pieces) => new() { ["anyOf"] = new JsonArray([.. pieces]) };

    public static JsonObject Ref(string definition) => new() { ["$ref"] = $"#/definitions/{definition}" };

    public static JsonObject Text() => new() { ["type"] = new JsonArray("string", "null") };

    public static JsonObject Text(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };

    /// <summary>A text, or what becomes one.</summary>
    public static JsonObject Scalar() => new() { ["type"] = new JsonArray("string", "number", "boolean", "null") };

    public static JsonObject Enum(IEnumerable<string> values) => new() { ["enum"] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]) };

    /// <summary>One of some words in any case; editors offer them as they are written here.</summary>
    public static JsonObject Words(IEnumerable<string> words, bool withPlaceholder = false)
    {
        var known = words.ToList();
        return Any(Enum(known), Text($"^({string.Join('|', known.Select(AnyCase))})${(withPlaceholder ? "|" + Placeholder : "")}"), Null());
    }

    /// <summary>One of some lower-case words, exactly; an empty text stands for 'not given'.</summary>
    public static JsonObject ExactWords<T>()
        where T : struct, Enum => Any(Enum(System.Enum.GetNames<T>().Select(word => word.ToLowerInvariant()).Append("")), Null());

    public static JsonObject Boolean(bool withPlaceholder = false) => Any(
        new JsonObject { ["type"] = "boolean" },
        Text($"^({AnyCase("true")}|{AnyCase("false")}|[TtFf01])${(withPlaceholder ? "|" + Placeholder : "")}"),
        new JsonObject { ["enum"] = new JsonArray(0, 1) },
        Null());

    public static JsonObject Integer(long? minimum, long? maximum, bool withPlaceholder = false) => Any(
        Bounded(new JsonObject { ["type"] = "integer" }, minimum, maximum),
        Text($@"^{(minimum < 0 || minimum is null ? "[+-]?" : @"\+?")}\d+${(withPlaceholder ? "|" + Placeholder : "")}"),
        Null());

    /// <param name="isPositive">Whether it must be more than nothing.</param>
    /// <param name="mayBeEmpty">Whether an empty text stands for 'not given'.</param>
    /// <param name="withClock">Whether hours:minutes:seconds are read, too.</param>
    /// <param name="withPlaceholder">Whether the host may put something in.</param>
    public static JsonObject TimeSpan(bool isPositive, bool mayBeEmpty = false, bool withClock = false, bool withPlaceholder = false)
    {
        var pattern = new StringBuilder($@"^{(isPositive ? "(?=.*[1-9])" : "")}\s*{Duration}\s*$");
        pattern.Append(mayBeEmpty ? "|^$" : "").Append(withClock ? @"|^(\d+\.)?\d{1,2}:\d{2}(:\d{2}(\.\d{1,7})?)?$" : "").Append(withPlaceholder ? "|" + Placeholder : "");
        var text = Text(pattern.ToString());
        return isPositive ? Any(text, Null()) : Any(text, new JsonObject { ["enum"] = new JsonArray(0) }, Null());
    }

    public static JsonObject Size(long? minimum, long? maximum, bool withPlaceholder = false) => Any(
        Text($@"^\s*{Number}\s*([KkMmGgTt]([Ii]?[Bb])?|[Bb])?\s*${(withPlaceholder ? "|" + Placeholder : "")}"),
        Bounded(new JsonObject { ["type"] = "number" }, minimum ?? 0, maximum),
        Null());

    /// <summary>Names and texts.</summary>
    public static JsonObject Map(JsonObject? value = null) => new() { ["type"] = new JsonArray("object", "null"), ["additionalProperties"] = value ?? Scalar() };

    public static JsonObject Described(this JsonObject piece, string description, JsonNode? standard = null)
    {
        if (description.Length > 0)
        {
            piece.Insert(0, "description", description);
        }

        if (standard is not null)
        {
            piece["default"] = standard;
        }

        return piece;
    }

    private static JsonObject Bounded(JsonObject piece, long? minimum, long? maximum)
    {
        if (minimum is { } least)
        {
            piece["minimum"] = least;
        }

        if (maximum is { } most)
        {
            piece["maximum"] = most;
        }

        return piece;
    }

    // Schemas have no way to say that case does not matter.
    private static string AnyCase(string word) => string.Concat(word.Select(letter => char.IsAsciiLetter(letter)
        ? $"[{char.ToUpperInvariant(letter)}{char.ToLowerInvariant(letter)}]"
        : System.Text.RegularExpressions.Regex.Escape(letter.ToString())));
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dkron.Host.Api;

/// <summary>Writes processors as settings have them: an object in order of the calls as in Dkron, or an array where one processor stands twice.</summary>
internal sealed class StepListConverter : JsonConverter<IReadOnlyList<StepDocument>>
{
    private const string NameKey = "name";

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<StepDocument> value, JsonSerializerOptions options)
    {
        var asObject = value.DistinctBy(step => step.Name, StringComparer.Ordinal).Count() == value.Count;
        Start(writer, asObject);
        foreach (var step in value)
        {
            if (asObject)
            {
                writer.WritePropertyName(step.Name);
            }

            writer.WriteStartObject();
            if (!asObject)
            {
                writer.WriteString(NameKey, step.Name);
            }

            foreach (var (key, text) in step.Settings)
            {
                writer.WriteString(key, text);
            }

            writer.WriteEndObject();
        }

        End(writer, asObject);
    }

    public override IReadOnlyList<StepDocument> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var steps = new List<StepDocument>();
        var asObject = reader.TokenType == JsonTokenType.StartObject;
        while (reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
        {
            var name = "";
            if (asObject)
            {
                name = reader.GetString() ?? "";
                reader.Read();
            }

            var settings = ReadSettings(ref reader);
            if (!asObject)
            {
                name = settings.Find(setting => setting.Key == NameKey).Value ?? "";
                settings.RemoveAll(setting => setting.Key == NameKey);
            }

            steps.Add(new StepDocument(name, settings));
        }

        return steps;
    }

    private static List<KeyValuePair<string, string>> ReadSettings(ref Utf8JsonReader reader)
    {
        var settings = new List<KeyValuePair<string, string>>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString() ?? "";
            reader.Read();
            settings.Add(new(key, reader.GetString() ?? ""));
        }

        return settings;
    }

    private static void Start(Utf8JsonWriter writer, bool asObject)
    {
        if (asObject)
        {
            writer.WriteStartObject();
        }
        else
        {
            writer.WriteStartArray();
        }
    }

    private static void End(Utf8JsonWriter writer, bool asObject)
    {
        if (asObject)
        {
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteEndArray();
        }
    }
}

using System.Buffers;
using System.Text.Json;
using Dkron.Processors.Notices;

namespace Dkron.Processors.Webhook;

/// <summary>A JSON document whose texts hold fields. It is read as JSON before any value is put in, so no value can be more than a text.</summary>
internal sealed class JsonTemplate : IDisposable
{
    public const string Default = """
        {
          "event": "{{event}}", "headline": "{{headline}}", "job": "{{job}}", "display_name": "{{display_name}}", "owner": "{{owner}}",
          "status": "{{status}}", "previous_status": "{{previous_status:json}}", "success": "{{success:json}}",
          "exit_code": "{{exit_code:json}}", "signal": "{{signal:json}}", "error": "{{error:json}}",
          "trigger": "{{trigger}}", "node": "{{node}}", "execution": "{{execution}}", "attempt": "{{attempt:json}}", "invocation": "{{invocation}}",
          "scheduled": "{{scheduled}}", "started": "{{started}}", "finished": "{{finished}}", "duration_seconds": "{{duration_seconds:json}}",
          "output": "{{output}}", "output_bytes": "{{output_bytes:json}}", "output_left_out": "{{output_left_out:json}}"
        }
        """;

    private readonly JsonDocument _document;

    private JsonTemplate(JsonDocument document) => _document = document;

    /// <summary>Reads a template; null when there is a problem.</summary>
    public static JsonTemplate? Parse(string text, out string? problem)
    {
        try
        {
            var template = new JsonTemplate(JsonDocument.Parse(text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }));
            problem = Check(template._document.RootElement);
            return template;
        }
        catch (JsonException e)
        {
            problem = FormattableString.Invariant($"is no JSON in line {e.LineNumber + 1} (fields stand in quotes: \"{{{{job}}}}\"): {e.Message.Split(" LineNumber", 2)[0]}");
            return null;
        }
    }

    public byte[] Fill(NoticeFields fields)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(_document.RootElement, fields, writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public void Dispose() => _document.Dispose();

    private static string? Check(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => Problem(element.GetString()!),
        JsonValueKind.Array => element.EnumerateArray().Select(Check).FirstOrDefault(problem => problem is not null),
        JsonValueKind.Object => element.EnumerateObject().Select(member => CheckName(member.Name) ?? Check(member.Value)).FirstOrDefault(problem => problem is not null),
        _ => null,
    };

    private static string? CheckName(string name) =>
        name.Contains("{{", StringComparison.Ordinal) ? $"'{name}' is a name with a field in it; fields stand in values only" : null;

    private static string? Problem(string text)
    {
        NoticeTemplate.Parse(text, out var problem, allowJson: true);
        return problem;
    }

    private static void Write(JsonElement element, NoticeFields fields, Utf8JsonWriter writer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    Write(member.Value, fields, writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Write(item, fields, writer);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                WriteText(NoticeTemplate.Parse(element.GetString()!, out _, allowJson: true), fields, writer);
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private static void WriteText(NoticeTemplate template, NoticeFields fields, Utf8JsonWriter writer)
    {
        if (template.JsonField is { } name && fields[name].Json is { } literal)
        {
            writer.WriteRawValue(literal);
        }
        else
        {
            writer.WriteStringValue(template.Fill(fields));
        }
    }
}

using System.Text.Json;
using Dkron.Processors.Notices;

namespace Dkron.Processors.Webhook;

/// <summary>The body of a workflow or incoming webhook of Microsoft Teams: an adaptive card.</summary>
/// <remarks>Source: learn.microsoft.com, Create an Incoming Webhook (28 KB for a message) and Code blocks in Adaptive Cards.</remarks>
internal static class TeamsBody
{
    // Less than the 28 KB, for what Teams itself adds to a message.
    private const int MaxBody = 24 * 1024;
    private const int MaxLine = 1000;

    public static byte[] Of(ChatMessage message)
    {
        var line = message.Line(MaxLine, text => text);
        var frame = Write(line, "", message.Event).Length;
        return Write(line, message.Output.Text.Length == 0 ? "" : CodeText.Of(message.Output.Within(MaxBody - frame, text => 2 * JsonEncodedText.Encode(CodeText.Of(text)).EncodedUtf8Bytes.Length).Text), message.Event);
    }

    private static byte[] Write(string line, string output, NoticeEvent what) => ChatMessage.Write(json =>
    {
        json.WriteString("type", "message");
        json.WriteStartArray("attachments");
        json.WriteStartObject();
        json.WriteString("contentType", "application/vnd.microsoft.card.adaptive");
        json.WriteStartObject("content");
        json.WriteString("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
        json.WriteString("type", "AdaptiveCard");
        json.WriteString("version", "1.5");
        json.WriteStartObject("msteams");
        json.WriteString("width", "Full");
        json.WriteEndObject();
        json.WriteStartArray("body");
        Runs(json, null, line, what switch
        {
            NoticeEvent.Failure or NoticeEvent.Attempt => "Attention",
            NoticeEvent.Success or NoticeEvent.Recovery => "Good",
            _ => "Default",
        });
        if (output.Length > 0)
        {
            json.WriteStartObject();
            json.WriteString("type", "CodeBlock");
            json.WriteString("language", "PlainText");
            json.WriteString("codeSnippet", output);
            Runs(json, "fallback", output, null);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    });

    /// <summary>Text that is shown as it stands; a TextBlock would read it as Markdown.</summary>
    private static void Runs(Utf8JsonWriter json, string? name, string text, string? color)
    {
        if (name is null)
        {
            json.WriteStartObject();
        }
        else
        {
            json.WriteStartObject(name);
        }

        json.WriteString("type", "RichTextBlock");
        json.WriteStartArray("inlines");
        json.WriteStartObject();
        json.WriteString("type", "TextRun");
        json.WriteString("text", text);
        if (color is null)
        {
            json.WriteString("fontType", "Monospace");
        }
        else
        {
            json.WriteString("weight", "Bolder");
            json.WriteString("color", color);
        }

        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

using System.Text.Json;

namespace Dkron.Processors.Webhook;

/// <summary>The body of an incoming webhook of Slack.</summary>
/// <remarks>Source: docs.slack.dev, Block Kit reference, section block (3,000 characters), and Formatting message text (escapes).</remarks>
internal static class SlackBody
{
    private const int MaxText = 3000;
    private const string Fence = "```";

    public static byte[] Of(ChatMessage message)
    {
        var line = message.Line(MaxText, Escape);
        return ChatMessage.Write(json =>
        {
            // What a notification on a phone shows, where there are no blocks.
            json.WriteString("text", line);
            json.WriteStartArray("blocks");
            Section(json, "plain_text", line);
            if (message.Output.Text.Length > 0)
            {
                Section(json, "mrkdwn", Block(message.Output.Within(MaxText, text => Block(text).Length).Text));
            }

            json.WriteEndArray();
        });
    }

    private static void Section(Utf8JsonWriter json, string type, string text)
    {
        json.WriteStartObject();
        json.WriteString("type", "section");
        json.WriteStartObject("text");
        json.WriteString("type", type);
        json.WriteString("text", text);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Block(string text) => $"{Fence}\n{CodeText.Of(Escape(text))}\n{Fence}";

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}

using System.Buffers;
using System.Text;

namespace Dkron.Processors.Webhook;

/// <summary>The body of a webhook of Discord.</summary>
/// <remarks>Source: discord.com/developers/docs, Execute Webhook (content: 2,000 characters) and Embed Limits (description: 4,096).</remarks>
internal static class DiscordBody
{
    private const int MaxContent = 2000;
    private const int MaxDescription = 4096;
    private const string Fence = "```";

    private static readonly SearchValues<char> Markdown = SearchValues.Create("\\*_~`|>#[]()<-+.:@");

    public static byte[] Of(ChatMessage message) => ChatMessage.Write(json =>
    {
        json.WriteString("content", message.Line(MaxContent, Escape));
        if (message.Output.Text.Length > 0)
        {
            json.WriteStartArray("embeds");
            json.WriteStartObject();
            json.WriteNumber("color", message.Color);
            json.WriteString("description", Block(message.Output.Within(MaxDescription, text => Block(text).Length).Text));
            json.WriteEndObject();
            json.WriteEndArray();
        }

        // An output that says @everyone must not call everyone.
        json.WriteStartObject("allowed_mentions");
        json.WriteStartArray("parse");
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static string Block(string text) => $"{Fence}\n{CodeText.Of(text)}\n{Fence}";

    private static string Escape(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            _ = Markdown.Contains(c) ? result.Append('\\').Append(c) : result.Append(c);
        }

        return result.ToString();
    }
}

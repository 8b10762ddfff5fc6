using Dkron.Abstractions;
using Dkron.Processors.Notices;

namespace Dkron.Processors.Webhook;

/// <summary>Makes the body of a request.</summary>
internal static class WebhookBody
{
    // Chats take some thousand characters; more is not even read.
    private const int ChatOutputBytes = 32 * 1024;

    public static async Task<byte[]> MakeAsync(ProcessorContext context, WebhookSettings settings, NoticeEvent what, CancellationToken cancellationToken)
    {
        var isJson = settings.Preset is Preset.Json;
        var output = await OutputTail.ReadAsync(context.Output, isJson ? settings.MaxOutputBytes : Math.Min(settings.MaxOutputBytes, ChatOutputBytes), cancellationToken);
        if (settings.MaxOutputBytes == 0)
        {
            output = output with { Text = "" };
        }

        var fields = new NoticeFields(context, what, output);
        if (isJson)
        {
            using var template = JsonTemplate.Parse(settings.Body, out _)!;
            return template.Fill(fields);
        }

        var message = new ChatMessage(NoticeTemplate.Parse(settings.Text, out _), fields, output, what);
        return settings.Preset switch
        {
            Preset.Slack => SlackBody.Of(message),
            Preset.Teams => TeamsBody.Of(message),
            _ => DiscordBody.Of(message),
        };
    }
}

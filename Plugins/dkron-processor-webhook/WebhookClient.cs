using System.Net;
using Dkron.Abstractions;

namespace Dkron.Processors.Webhook;

/// <summary>Sends a request and reads what matters of the answer.</summary>
internal sealed class WebhookClient(HttpClients clients, TimeProvider time)
{
    private const int MaxHops = 5;

    /// <summary>Sends it; null when it was delivered.</summary>
    public async Task<ProcessorResult?> SendAsync(WebhookRequest request, CancellationToken cancellationToken)
    {
        var client = clients.Of(request.Settings.CaFile);
        var url = request.Settings.Url;
        for (var hop = 0; ; hop++)
        {
            using var message = request.To(url);
            using var response = await client.SendAsync(message, cancellationToken);
            if (hop < MaxHops && Onward(response, url) is { } next)
            {
                url = next;
                continue;
            }

            var body = await ReadAsync(response, cancellationToken);
            return WebhookAnswer.Problem(response, body, request.Settings, time.GetUtcNow());
        }
    }

    /// <summary>Only these two keep method and body, and only to where the address, the headers and the signature were meant to go.</summary>
    private static Uri? Onward(HttpResponseMessage response, Uri url) =>
        response.StatusCode is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
        && response.Headers.Location is { } location
        && Uri.TryCreate(url, location, out var next)
        && next.GetLeftPart(UriPartial.Authority) == url.GetLeftPart(UriPartial.Authority)
            ? next
            : null;

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[WebhookAnswer.MaxBytes];
        var length = 0;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            for (var count = -1; count != 0 && length < buffer.Length; length += count)
            {
                count = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            // The status is the answer. What else it would have said is not worth sending everything again.
        }

        return buffer[..length];
    }
}

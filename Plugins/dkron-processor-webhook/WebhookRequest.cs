using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Dkron.Processors.Webhook;

/// <summary>One request, made anew for each hop.</summary>
/// <param name="Settings">The step's options.</param>
/// <param name="Body">The body, whose bytes are signed.</param>
/// <param name="Invocation">By which the receiver recognises a repeat.</param>
/// <param name="Now">When it is signed.</param>
internal sealed record WebhookRequest(WebhookSettings Settings, byte[] Body, string Invocation, DateTimeOffset Now)
{
    private const string TimestampHeader = "X-Dkron-Timestamp";

    private static readonly ProductInfoHeaderValue Agent = new("dkron-processor-webhook", typeof(WebhookRequest).Assembly.GetName().Version?.ToString(3));

    public HttpRequestMessage To(Uri url)
    {
        var request = new HttpRequestMessage(Settings.Method, url) { Content = new ByteArrayContent(Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.UserAgent.Add(Agent);
        request.Headers.Add("Idempotency-Key", Visible(Invocation));
        if (Settings.Secret.Length > 0)
        {
            var timestamp = Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            request.Headers.Add(TimestampHeader, timestamp);
            request.Headers.Add(Settings.SignatureHeader, "sha256=" + Sign(Settings.Secret, timestamp, Body));
        }

        foreach (var (name, value) in Settings.Headers)
        {
            var content = name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase);
            HttpHeaders headers = content ? request.Content.Headers : request.Headers;
            headers.Remove(name);
            headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    public static string Sign(string secret, string timestamp, byte[] body)
    {
        byte[] signed = [.. Encoding.ASCII.GetBytes(timestamp + "."), .. body];
        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
    }

    private static string Visible(string text) => text.All(c => c is > ' ' and <= '~') ? text : Uri.EscapeDataString(text);
}

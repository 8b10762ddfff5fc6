using System.Globalization;
using System.Net;
using System.Text;
using Dkron.Abstractions;
using Dkron.Processors.Notices;

namespace Dkron.Processors.Webhook;

/// <summary>Says what a server's answer means for the delivery.</summary>
internal static class WebhookAnswer
{
    public const int MaxBytes = 4096;
    private const int MaxShown = 300;
    private static readonly TimeSpan MaxWait = TimeSpan.FromDays(1);

    /// <summary>Null when it was delivered.</summary>
    public static ProcessorResult? Problem(HttpResponseMessage response, byte[] body, WebhookSettings settings, DateTimeOffset now)
    {
        var status = response.StatusCode;
        var said = Said(body, settings.Scrub());
        if (response.IsSuccessStatusCode)
        {
            // Connectors of Teams answer 200 also when Teams itself refused the message.
            return settings.Preset is Preset.Teams && Encoding.UTF8.GetString(body).Contains("message delivery failed", StringComparison.OrdinalIgnoreCase)
                ? ProcessorResult.Retry(TimeSpan.Zero, $"{settings.Server} took the message and Teams refused it{said}")
                : null;
        }

        var answered = string.Create(CultureInfo.InvariantCulture, $"{settings.Server} answered {(int)status} {ReasonOf(status)}");
        if ((int)status is >= 300 and < 400)
        {
            return ProcessorResult.Fail($"{answered}, a redirect{Target(response, settings.Url)} that is not followed: put the final address into url.");
        }

        if (status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500)
        {
            var wait = RetryAfter(response, now);
            return ProcessorResult.Retry(wait, $"{answered}{(wait > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $" and asks to wait {Math.Ceiling(wait.TotalSeconds)} s") : "")}{said}");
        }

        return ProcessorResult.Fail($"{answered}{Remedy(status, settings.Preset)}{said}");
    }

    /// <remarks>Source: RFC 9110, section 10.2.3: seconds, or a date.</remarks>
    private static TimeSpan RetryAfter(HttpResponseMessage response, DateTimeOffset now)
    {
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } seconds } => seconds,
            { Date: { } date } => date - now,
            _ => TimeSpan.Zero,
        };
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > MaxWait ? MaxWait : wait;
    }

    private static string ReasonOf(HttpStatusCode status) => Enum.IsDefined(status) ? status.ToString() : "";

    private static string Remedy(HttpStatusCode status, Preset preset) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ": correct headers or url",
        HttpStatusCode.NotFound or HttpStatusCode.Gone => preset is Preset.Json ? ": correct url" : ": the webhook was removed, or url is wrong",
        HttpStatusCode.MethodNotAllowed => ": correct method",
        HttpStatusCode.RequestEntityTooLarge => ": lower max_output_bytes",
        _ => "",
    };

    /// <summary>Where to, as far as it is no secret.</summary>
    private static string Target(HttpResponseMessage response, Uri url) =>
        response.Headers.Location is { } location && Uri.TryCreate(url, location, out var target) && target.Host != url.Host ? $" to {target.Host}" : "";

    /// <summary>The beginning of the answer on one line.</summary>
    private static string Said(byte[] body, SecretScrub scrub)
    {
        // Scrubbed before it is cut, lest half a secret remain; where the answer was cut before, half a one may stand at its end.
        var clean = scrub.Of(Encoding.UTF8.GetString(body));
        clean = body.Length < MaxBytes ? clean : clean[..Math.Max(0, clean.Length - scrub.Longest)];
        var text = new string([.. clean.Select(c => char.IsControl(c) ? ' ' : c)]).Trim();
        return text.Length switch
        {
            0 => ".",
            <= MaxShown => $": {text}",
            _ => $": {text[..MaxShown]}…",
        };
    }
}

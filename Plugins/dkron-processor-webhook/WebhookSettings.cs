using Dkron.Abstractions;
using Dkron.Processors.Notices;

namespace Dkron.Processors.Webhook;

/// <summary>One step's options, read.</summary>
internal sealed record WebhookSettings
{
    public required Uri Url { get; init; }

    public required Preset Preset { get; init; }

    public required Occasion On { get; init; }

    public required HttpMethod Method { get; init; }

    public required string Body { get; init; }

    public required string Text { get; init; }

    public required IReadOnlyList<(string Name, string Value)> Headers { get; init; }

    public required string Secret { get; init; }

    public required string SignatureHeader { get; init; }

    public required int MaxOutputBytes { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required string CaFile { get; init; }

    /// <summary>The server, without what is secret of its address.</summary>
    public string Server => Url.GetLeftPart(UriPartial.Authority);

    public static WebhookSettings From(ProcessorConfig config)
    {
        if (WebhookOptions.Validate(config) is [var first, ..])
        {
            throw new ProcessorConfigException(first[..first.IndexOf(':', StringComparison.Ordinal)], first);
        }

        var preset = WebhookOptions.PresetOf(config);
        return new WebhookSettings
        {
            Url = new Uri(config.Secret("url")),
            Preset = preset,
            On = Occasions.Read(config.Text(Occasions.Option, preset is Preset.Json ? "always" : "failure, recovery"), out _),
            Method = HttpMethod.Parse(config.Text("method", "POST").ToUpperInvariant()),
            Body = config.Text("body", JsonTemplate.Default),
            Text = config.Text("text", WebhookOptions.DefaultText),
            Headers = ExtraHeaders.Read(config.Text("headers", "")),
            Secret = config.Text("secret", ""),
            SignatureHeader = config.Text("signature_header", WebhookOptions.DefaultSignatureHeader),
            MaxOutputBytes = (int)config.Size("max_output_bytes", WebhookOptions.DefaultOutputBytes),
            Timeout = config.Duration("send_timeout", WebhookOptions.DefaultTimeout),
            CaFile = config.Text("ca_file", ""),
        };
    }

    /// <summary>Takes out of any text what must not be seen: the address, the key, the values of headers, and their parts.</summary>
    public SecretScrub Scrub()
    {
        const int LeastPart = 6;
        var parts = Url.PathAndQuery.Split(['/', '?', '&', '=', '#'], StringSplitOptions.RemoveEmptyEntries).Where(part => part.Length >= LeastPart);
        var values = Headers.SelectMany(header => header.Value.Split(' ').Where(word => word.Length >= LeastPart).Append(header.Value));
        return new SecretScrub([Url.OriginalString, Url.AbsoluteUri, .. Url.PathAndQuery.Length > 1 ? [Url.PathAndQuery, Url.AbsolutePath] : Array.Empty<string>(), .. parts, .. values, Secret]);
    }
}

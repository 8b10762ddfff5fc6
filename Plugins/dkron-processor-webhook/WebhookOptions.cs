using Dkron.Abstractions;
using Dkron.Processors.Notices;

namespace Dkron.Processors.Webhook;

/// <summary>The options: what they are called, and what must hold between them.</summary>
internal static class WebhookOptions
{
    public const string DefaultText = "{{headline}} ({{node}}, {{duration}})";
    public const string DefaultSignatureHeader = "X-Dkron-Signature";
    public const int DefaultOutputBytes = 64 * 1024;
    private const int MaxOutputBytes = 16 * 1024 * 1024;

    private static readonly string[] JsonKeys = ["body"];
    private static readonly string[] ChatKeys = ["text"];

    /// <summary>Options that say how a request gets there, and nothing of what it tells. A header may be whom: a room, a tenant.</summary>
    public static IReadOnlyList<string> Way { get; } = ["secret", "signature_header", "send_timeout", "ca_file"];

    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<ProcessorOption> All { get; } =
    [
        new() { Name = "url", Type = OptionType.Secret, Required = true, Description = "Where to send it: http or https. Secret, since the address of a chat's webhook is its password." },
        Text("preset", "json", "Whose format the body has: a JSON document, or a message of Slack, Microsoft Teams or Discord.", "json", "slack", "teams", "discord"),
        Text("on", null, "When to send, separated by commas: failure, recovery (the first success after a failure), change (the first of each), success, always. Default: always for json, failure, recovery for chats."),
        Text("method", "POST", "The HTTP method.", "POST", "PUT", "PATCH"),
        Text("body", null, "For preset json: a JSON document whose texts may hold fields such as {{job}}; \"{{exit_code:json}}\" becomes a number. Default: all there is to know."),
        Text("text", DefaultText, "For chats: the line above the output, with fields such as {{job}}."),
        new() { Name = "headers", Type = OptionType.Secret, Description = "More headers, one in a line: Authorization: Bearer TOKEN." },
        new() { Name = "secret", Type = OptionType.Secret, Description = "The key of the signature, HMAC-SHA256 over timestamp, a full stop and body; without it nothing is signed." },
        Text("signature_header", DefaultSignatureHeader, "The header that bears the signature, as sha256= and hexadecimal digits."),
        new() { Name = "max_output_bytes", Type = OptionType.Size, Default = "64KiB", Minimum = 0, Maximum = MaxOutputBytes, Description = "How much of the output's end is sent; chats take less, and 0 leaves it out." },
        new() { Name = "send_timeout", Type = OptionType.Duration, Default = "10s", Minimum = 10, Maximum = 600_000, Description = "How long connecting, sending and the answer may take together." },
        Text("ca_file", null, "A PEM file with the authorities that are trusted, in place of the system's."),
    ];

    public static IReadOnlyList<string> Validate(ProcessorConfig config)
    {
        var problems = new List<string>();
        foreach (var option in All.Where(o => o.Choices.Count > 0 && config.TryGetValue(o.Name, out var value) && !o.Choices.Contains(value, StringComparer.OrdinalIgnoreCase)))
        {
            problems.Add($"{option.Name}: '{config[option.Name]}' is none of {string.Join(", ", option.Choices)}");
        }

        if (problems.Count == 0)
        {
            CheckPreset(config, problems);
        }

        if (config.TryGetValue("url", out var url) && AddressProblem(url) is { } problem)
        {
            problems.Add(problem);
        }

        if (config.TryGetValue("on", out var on))
        {
            Occasions.Read(on, out var wrong);
            problems.AddRange(wrong is null ? [] : [wrong]);
        }

        problems.AddRange(ExtraHeaders.Problems(config.Text("headers", "")));
        if (!ExtraHeaders.IsName(config.Text("signature_header", DefaultSignatureHeader)))
        {
            problems.Add($"signature_header: '{config["signature_header"]}' is no name of a header; expected letters, digits and -");
        }

        if (config.ContainsKey("signature_header") && !config.ContainsKey("secret"))
        {
            problems.Add("signature_header: means nothing without secret; give the key, or leave it out");
        }

        return problems;
    }

    public static Preset PresetOf(ProcessorConfig config) => Enum.Parse<Preset>(config.Text("preset", "json"), ignoreCase: true);

    private static void CheckPreset(ProcessorConfig config, List<string> problems)
    {
        var preset = PresetOf(config);
        var foreign = preset is Preset.Json ? ChatKeys : JsonKeys;
        problems.AddRange(foreign.Where(config.ContainsKey).Select(key => $"{key}: means nothing with preset {preset.ToString().ToLowerInvariant()}; set preset, or leave {key} out"));
        using var template = JsonTemplate.Parse(config.Text("body", JsonTemplate.Default), out var body);
        NoticeTemplate.Parse(config.Text("text", DefaultText), out var text);
        problems.AddRange(body is null ? [] : [$"body: {body}"]);
        problems.AddRange(text is null ? [] : [$"text: {text}"]);
    }

    /// <remarks>Never says what the address is.</remarks>
    private static string? AddressProblem(string url) => !Uri.TryCreate(url, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
        ? "url: is no address that begins with https:// or http://"
        : uri.UserInfo.Length > 0 ? "url: holds a user's name; put it into headers as Authorization: Basic and base64" : null;

    private static ProcessorOption Text(string name, string? fallback, string description, params string[] choices) =>
        new() { Name = name, Type = OptionType.Text, Default = fallback, Description = description, Choices = choices };
}

using System.Net;
using Dkron.Abstractions;
using Dkron.Processors.Notices;

namespace Dkron.Processors.Email;

/// <summary>The options: what they are called, and what must hold between them.</summary>
internal static class EmailOptions
{
    public const string DefaultSubject = "[Dkron] {{headline}}";
    public const string DefaultOn = "failure, recovery";
    public const int DefaultInlineBytes = 32 * 1024;
    public const int DefaultAttachedBytes = 1024 * 1024;
    public const int DefaultRate = 10;
    private const int MaxOutputBytes = 16 * 1024 * 1024;

    private static readonly string[] AddressKeys = ["from", "to", "cc", "bcc"];

    /// <summary>Options that say how, and how often, a mail gets there, and nothing of what it tells.</summary>
    public static IReadOnlyList<string> Way { get; } = ["host", "port", "security", "user", "password", "rate_limit", "rate_period", "connect_timeout", "send_timeout", "ca_file"];

    public static string DefaultBody { get; } =
        """
        {{headline}}

        Job:        {{job}}
        Node:       {{node}}
        Status:     {{status}} (before: {{previous_status}})
        Exit code:  {{exit_code}}
        Started:    {{started}}
        Duration:   {{duration}}
        Execution:  {{execution}}, attempt {{attempt}}

        {{output}}
        """.ReplaceLineEndings("\n");

    public static TimeSpan DefaultPeriod { get; } = TimeSpan.FromHours(1);

    public static TimeSpan DefaultConnectTimeout { get; } = TimeSpan.FromSeconds(10);

    public static TimeSpan DefaultSendTimeout { get; } = TimeSpan.FromSeconds(25);

    public static IReadOnlyList<ProcessorOption> All { get; } =
    [
        new() { Name = "host", Type = OptionType.Text, Required = true, Description = "The mail server's name or address; its certificate must bear it." },
        new() { Name = "port", Type = OptionType.Integer, Minimum = 1, Maximum = ushort.MaxValue, Description = "The server's port. Default: 587 with starttls, 465 with tls, 25 with none." },
        Text("security", "starttls", "starttls encrypts before anything else is said, tls from the first byte; none is for a relay on this machine.", "starttls", "tls", "none"),
        Text("user", null, "Who logs in; without it nobody does."),
        new() { Name = "password", Type = OptionType.Secret, Description = "The password of user." },
        new() { Name = "from", Type = OptionType.Text, Required = true, Description = "The sender, as a@example.com or Name <a@example.com>." },
        Text("to", null, "The receivers, separated by commas. Default: the job's owner_email."),
        Text("cc", null, "Who gets a copy."),
        Text("bcc", null, "Who gets a copy without the others seeing it."),
        Text("on", DefaultOn, "When to send, separated by commas: failure, recovery (the first success after a failure), change (the first of each), success, always."),
        Text("subject", DefaultSubject, "The subject, with fields such as {{job}}."),
        Text("body", null, "The text, with fields such as {{job}} and {{output}}. Default: all there is to know."),
        Text("output", "inline", "Where the output goes: inline in the place of {{output}}, attach as a file, or none.", "inline", "attach", "none"),
        new() { Name = "max_output_bytes", Type = OptionType.Size, Minimum = 1, Maximum = MaxOutputBytes, Description = "How much of the output's end is sent. Default: 32KiB inline, 1MiB attached." },
        new() { Name = "rate_limit", Type = OptionType.Integer, Default = "10", Minimum = 0, Maximum = 1000, Description = "How many mails a job may send in rate_period; the next mail tells how many were held back. 0 for no limit." },
        new() { Name = "rate_period", Type = OptionType.Duration, Default = "1h", Minimum = 1000, Maximum = 604_800_000, Description = "The time that rate_limit counts in." },
        new() { Name = "connect_timeout", Type = OptionType.Duration, Default = "10s", Minimum = 10, Maximum = 600_000, Description = "How long connecting and encrypting may take." },
        new() { Name = "send_timeout", Type = OptionType.Duration, Default = "25s", Minimum = 10, Maximum = 600_000, Description = "How long all of it may take, from connecting to the server's word that it has the mail." },
        Text("ca_file", null, "A PEM file with the authorities that are trusted, in place of the system's."),
    ];

    public static IReadOnlyList<string> Validate(ProcessorConfig config)
    {
        var problems = new List<string>();
        foreach (var option in All.Where(o => o.Choices.Count > 0 && config.TryGetValue(o.Name, out var value) && !o.Choices.Contains(value, StringComparer.OrdinalIgnoreCase)))
        {
            problems.Add($"{option.Name}: '{config[option.Name]}' is none of {string.Join(", ", option.Choices)}");
        }

        if (problems.Count == 0 && config.TryGetValue("host", out var host))
        {
            CheckAccount(config, host, problems);
        }

        foreach (var key in AddressKeys.Where(config.ContainsKey))
        {
            var count = Addresses.Parse(config[key], out var wrong).Count;
            wrong ??= key == "from" && count > 1 ? "holds more than one address; a mail has one sender" : null;
            problems.AddRange(wrong is null ? [] : [$"{key}: {wrong}"]);
        }

        foreach (var (key, fallback) in new[] { ("subject", DefaultSubject), ("body", DefaultBody) })
        {
            NoticeTemplate.Parse(config.Text(key, fallback), out var wrong);
            problems.AddRange(wrong is null ? [] : [$"{key}: {wrong}"]);
        }

        Occasions.Read(config.Text(Occasions.Option, DefaultOn), out var unknown);
        problems.AddRange(unknown is null ? [] : [unknown]);
        return problems;
    }

    public static T Choice<T>(ProcessorConfig config, string key)
        where T : struct, Enum => Enum.Parse<T>(config.Text(key, All.First(option => option.Name == key).Default!), ignoreCase: true);

    private static void CheckAccount(ProcessorConfig config, string host, List<string> problems)
    {
        if (config.ContainsKey("user") != config.ContainsKey("password"))
        {
            problems.Add("user: and password belong together; give both or none");
        }

        if (Choice<Security>(config, "security") is not Security.None)
        {
            return;
        }

        if (config.ContainsKey("password") && !IsThisMachine(host))
        {
            problems.Add("password: would cross the network readable for anyone with security none; set security to starttls or tls");
        }

        if (config.ContainsKey("ca_file"))
        {
            problems.Add("ca_file: means nothing with security none; set security, or leave ca_file out");
        }
    }

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static ProcessorOption Text(string name, string? fallback, string description, params string[] choices) =>
        new() { Name = name, Type = OptionType.Text, Default = fallback, Description = description, Choices = choices };
}

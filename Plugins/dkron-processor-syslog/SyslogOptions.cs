using System.Text.RegularExpressions;
using Dkron.Abstractions;

namespace Dkron.Processors.Syslog;

/// <summary>The options: what they are called, and what must hold between them.</summary>
internal static partial class SyslogOptions
{
    public const string DefaultSocket = "/dev/log";
    public const int DefaultMessageBytes = 8192;
    public const int DefaultLines = 1000;
    private const int MinMessageBytes = 1024;

    // A datagram cannot be longer, less the headers of IP and UDP.
    private const int MaxMessageBytes = 65000;

    private static readonly string[] Transports = ["local", "udp", "tcp", "tls"];
    private static readonly string[] NetworkKeys = ["host", "port"];
    private static readonly string[] TlsKeys = ["ca_file", "client_cert_file", "client_key_file", "tls_server_name", "tls_verify"];

    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<ProcessorOption> All { get; } =
    [
        Text("transport", "local", "How messages reach the server: a Unix socket, UDP, TCP with octet counting, or TLS.", Transports),
        Text("socket", DefaultSocket, "The Unix socket, for transport local; datagrams, or a stream where the server wants one."),
        Text("host", null, "The server's name or address, for transport udp, tcp and tls, which need it."),
        new() { Name = "port", Type = OptionType.Integer, Minimum = 1, Maximum = ushort.MaxValue, Description = "The server's port. Default: 514 for udp and tcp, 6514 for tls." },
        Text("format", "rfc5424", "The format of messages. In rfc3164 the structured data stands at the beginning of the text.", "rfc5424", "rfc3164"),
        Text("facility", "cron", "The facility.", [.. SyslogNames.Facilities]),
        Text("success_severity", "info", "The severity of executions that succeeded.", [.. SyslogNames.Severities]),
        Text("failure_severity", "err", "The severity of all others.", [.. SyslogNames.Severities]),
        Text("tag", "dkron", "The program name (APP-NAME) in messages: at most 48 visible ASCII characters; in rfc3164 at most 32 letters, digits and _ . / -"),
        Text("split", "lines", "One message for each line of the output, or none: the whole output in one message, line feeds written as #012.", "lines", "none"),
        new() { Name = "max_lines", Type = OptionType.Integer, Default = "1000", Minimum = 1, Maximum = 1_000_000, Description = "How many messages one execution may make with split lines; a last message counts what was not sent." },
        new() { Name = "max_message_bytes", Type = OptionType.Size, Default = "8KiB", Minimum = MinMessageBytes, Maximum = MaxMessageBytes, Description = "The longest message, header included; a longer line goes on in the next message. rsyslogd takes 8KiB unless told otherwise, every server takes 2KiB." },
        new() { Name = "send_timeout", Type = OptionType.Duration, Default = "10s", Minimum = 10, Maximum = 600_000, Description = "How long connecting and sending may take together." },
        Text("ca_file", null, "For transport tls: a PEM file with the authorities that are trusted, in place of the system's."),
        Text("client_cert_file", null, "For transport tls: a PEM file with the certificate by which this host proves who it is."),
        Text("client_key_file", null, "For transport tls: a PEM file with that certificate's private key."),
        Text("tls_server_name", null, "For transport tls: the name that the server's certificate must bear. Default: host."),
        new() { Name = "tls_verify", Type = OptionType.Boolean, Default = "true", Description = "For transport tls: false accepts any certificate, so that anyone in between can read the messages." },
    ];

    public static Transport TransportOf(ProcessorConfig config) => Enum.Parse<Transport>(config.Text("transport", "local"), ignoreCase: true);

    public static bool IsRfc3164(ProcessorConfig config) => config.Text("format", "rfc5424").Equals("rfc3164", StringComparison.OrdinalIgnoreCase);

    public static IReadOnlyList<string> Validate(ProcessorConfig config)
    {
        var problems = new List<string>();
        foreach (var option in All.Where(o => o.Choices.Count > 0 && config.TryGetValue(o.Name, out var value) && !o.Choices.Contains(value, StringComparer.OrdinalIgnoreCase)))
        {
            problems.Add($"{option.Name}: '{config[option.Name]}' is none of {string.Join(", ", option.Choices)}");
        }

        if (problems.Count == 0)
        {
            CheckTransport(config, TransportOf(config), problems);
        }

        if (!(IsRfc3164(config) ? ShortTag() : LongTag()).IsMatch(config.Text("tag", "dkron")))
        {
            problems.Add($"tag: '{config["tag"]}' is not {(IsRfc3164(config) ? "1 to 32 letters, digits and _ . / - as rfc3164 has it" : "1 to 48 visible ASCII characters")}");
        }

        var bytes = config.Size("max_message_bytes", DefaultMessageBytes);
        if (bytes is < MinMessageBytes or > MaxMessageBytes)
        {
            problems.Add($"max_message_bytes: {bytes} is not from {MinMessageBytes} to {MaxMessageBytes} bytes");
        }

        return problems;
    }

    private static void CheckTransport(ProcessorConfig config, Transport transport, List<string> problems)
    {
        var foreign = transport switch
        {
            Transport.Local => [.. NetworkKeys, .. TlsKeys],
            Transport.Tls => ["socket"],
            _ => (string[])["socket", .. TlsKeys],
        };
        problems.AddRange(foreign.Where(config.ContainsKey).Select(key => $"{key}: means nothing with transport {transport.ToString().ToLowerInvariant()}; set transport, or leave {key} out"));
        if (transport is Transport.Local ? string.IsNullOrWhiteSpace(config.Text("socket", DefaultSocket)) : string.IsNullOrWhiteSpace(config.Text("host", "")))
        {
            problems.Add(transport is Transport.Local ? "socket: is blank; expected a path such as /dev/log" : $"host: is missing; transport {transport.ToString().ToLowerInvariant()} needs the server's name or address");
        }

        if (config.ContainsKey("client_cert_file") != config.ContainsKey("client_key_file"))
        {
            problems.Add("client_cert_file: and client_key_file belong together; give both or none");
        }
    }

    private static ProcessorOption Text(string name, string? fallback, string description, params string[] choices) =>
        new() { Name = name, Type = OptionType.Text, Default = fallback, Description = description, Choices = choices };

    [GeneratedRegex(@"\A[!-~]{1,48}\z", RegexOptions.CultureInvariant)]
    private static partial Regex LongTag();

    [GeneratedRegex(@"\A[A-Za-z0-9_./-]{1,32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ShortTag();
}

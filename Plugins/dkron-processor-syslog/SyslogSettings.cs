using Dkron.Abstractions;

namespace Dkron.Processors.Syslog;

/// <summary>One step's options, read.</summary>
internal sealed record SyslogSettings
{
    public required SyslogTarget Target { get; init; }

    public required bool IsRfc3164 { get; init; }

    public required bool SplitLines { get; init; }

    public required int Facility { get; init; }

    public required int SuccessSeverity { get; init; }

    public required int FailureSeverity { get; init; }

    public required string Tag { get; init; }

    public required int MaxMessageBytes { get; init; }

    public required long MaxLines { get; init; }

    public required TimeSpan Timeout { get; init; }

    public static SyslogSettings From(ProcessorConfig config)
    {
        if (SyslogOptions.Validate(config) is [var first, ..])
        {
            throw new ProcessorConfigException(first[..first.IndexOf(':', StringComparison.Ordinal)], first);
        }

        return new SyslogSettings
        {
            Target = ReadTarget(config),
            IsRfc3164 = SyslogOptions.IsRfc3164(config),
            SplitLines = config.Text("split", "lines").Equals("lines", StringComparison.OrdinalIgnoreCase),
            Facility = SyslogNames.Number(SyslogNames.Facilities, config.Text("facility", "cron")),
            SuccessSeverity = SyslogNames.Number(SyslogNames.Severities, config.Text("success_severity", "info")),
            FailureSeverity = SyslogNames.Number(SyslogNames.Severities, config.Text("failure_severity", "err")),
            Tag = config.Text("tag", "dkron"),
            MaxMessageBytes = (int)config.Size("max_message_bytes", SyslogOptions.DefaultMessageBytes),
            MaxLines = config.Integer("max_lines", SyslogOptions.DefaultLines, minimum: 1),
            Timeout = config.Duration("send_timeout", SyslogOptions.DefaultTimeout),
        };
    }

    private static SyslogTarget ReadTarget(ProcessorConfig config)
    {
        var transport = SyslogOptions.TransportOf(config);
        var host = config.Text("host", "");
        return transport is Transport.Local
            ? new SyslogTarget { Transport = transport, Socket = config.Text("socket", SyslogOptions.DefaultSocket) }
            : new SyslogTarget
            {
                Transport = transport,
                Host = host,
                Port = (int)config.Integer("port", transport is Transport.Tls ? 6514 : 514, 1, ushort.MaxValue),
                CaFile = config.Text("ca_file", ""),
                ClientCertFile = config.Text("client_cert_file", ""),
                ClientKeyFile = config.Text("client_key_file", ""),
                TlsServerName = config.Text("tls_server_name", host),
                TlsVerify = config.Boolean("tls_verify", true),
            };
    }
}

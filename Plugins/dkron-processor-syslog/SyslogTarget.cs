using System.Globalization;

namespace Dkron.Processors.Syslog;

/// <summary>Where messages go. Two steps with equal targets share connections.</summary>
internal sealed record SyslogTarget
{
    public required Transport Transport { get; init; }

    public string Socket { get; init; } = "";

    public string Host { get; init; } = "";

    public int Port { get; init; }

    public string CaFile { get; init; } = "";

    public string ClientCertFile { get; init; } = "";

    public string ClientKeyFile { get; init; } = "";

    public string TlsServerName { get; init; } = "";

    public bool TlsVerify { get; init; } = true;

    public override string ToString() => Transport is Transport.Local
        ? $"the syslog socket {Socket}"
        : string.Create(CultureInfo.InvariantCulture, $"the syslog server {Host}:{Port} ({Transport.ToString().ToLowerInvariant()})");
}

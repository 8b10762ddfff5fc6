namespace Dkron.Processors.Syslog;

/// <summary>By which way messages reach the server.</summary>
internal enum Transport
{
    /// <summary>A Unix socket on this machine.</summary>
    Local,

    /// <summary>One datagram for each message, RFC 5426.</summary>
    Udp,

    /// <summary>A stream with octet counting, RFC 6587.</summary>
    Tcp,

    /// <summary>The same inside TLS, RFC 5425.</summary>
    Tls,
}

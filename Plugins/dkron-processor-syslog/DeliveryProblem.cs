using System.Net.Sockets;
using System.Security.Authentication;
using Dkron.Abstractions;

namespace Dkron.Processors.Syslog;

/// <summary>Says why messages were not delivered, and what to do.</summary>
internal static class DeliveryProblem
{
    public static ProcessorResult TimedOut(SyslogSettings settings) => ProcessorResult.Retry(
        TimeSpan.Zero,
        FormattableString.Invariant($"{Sentence(settings.Target)} did not take the messages within {settings.Timeout.TotalSeconds:0.###} s: see whether it runs and is not blocked, or raise send_timeout."));

    public static ProcessorResult Of(Exception exception, SyslogTarget target) => exception switch
    {
        TlsFileException => ProcessorResult.Fail(exception.Message),
        AuthenticationException { InnerException: null } => ProcessorResult.Fail($"{Sentence(target)} was not trusted: {Innermost(exception)} {TlsRemedy(target)}"),
        SocketException socket => OfSocket(socket, target),
        AuthenticationException => ProcessorResult.Retry(TimeSpan.Zero, $"{Sentence(target)} could not agree on TLS with this host: {Innermost(exception)} {SeeLog(target)}"),
        _ when exception.InnerException is SocketException socket => OfSocket(socket, target),
        _ => ProcessorResult.Retry(TimeSpan.Zero, $"{Sentence(target)} ended the connection: {Innermost(exception)} {SeeLog(target)}"),
    };

    private static ProcessorResult OfSocket(SocketException e, SyslogTarget target)
    {
        var reason = $"{Sentence(target)} cannot be reached: {e.Message}.";
        return e.SocketErrorCode switch
        {
            SocketError.MessageSize => ProcessorResult.Fail($"{Sentence(target)} takes no messages of this size: lower max_message_bytes."),
            SocketError.AccessDenied => ProcessorResult.Fail($"{reason} Let the user '{Environment.UserName}' write to it."),
            SocketError.HostNotFound or SocketError.NoData => ProcessorResult.Retry(TimeSpan.Zero, $"{reason} Correct host, or the name server."),
            SocketError.ConnectionReset or SocketError.Shutdown => ProcessorResult.Retry(TimeSpan.Zero, $"{Sentence(target)} closed the connection. {SeeLog(target)}"),
            _ => ProcessorResult.Retry(TimeSpan.Zero, $"{reason} {(target.Transport is Transport.Local ? "Start the syslog server, or correct socket." : "Start it, or correct host and port.")}"),
        };
    }

    private static string TlsRemedy(SyslogTarget target) =>
        $"Set ca_file to the authority that signed its certificate{(target.CaFile.Length > 0 ? $" (now {target.CaFile})" : "")}, and tls_server_name to a name in it (now {target.TlsServerName}).";

    private static string SeeLog(SyslogTarget target) =>
        target.Transport is Transport.Tls ? "See its log; it may want a certificate (client_cert_file, client_key_file), or not speak TLS on this port." : "See its log.";

    private static string Innermost(Exception e) => e.GetBaseException().Message.TrimEnd('.') + ".";

    private static string Sentence(SyslogTarget target)
    {
        var text = target.ToString();
        return char.ToUpperInvariant(text[0]) + text[1..];
    }
}

using System.Globalization;
using System.Net.Sockets;
using Dkron.Abstractions;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Dkron.Processors.Email;

/// <summary>Says why a mail was not delivered, and what to do. A password never stands in it, also when the server says it.</summary>
internal static class DeliveryProblem
{
    private const int MaxShown = 300;

    public static ProcessorResult Of(MailException problem, MailServer server)
    {
        var cause = problem.InnerException!;
        return cause switch
        {
            _ when problem.CertificateProblem.Length > 0 => ProcessorResult.Fail(
                $"{Sentence(server)} was not trusted: {problem.CertificateProblem}. Set ca_file to the authority that signed its certificate{(server.CaFile.Length > 0 ? $" (now {server.CaFile})" : "")}, and host to a name in it (now {server.Host})."),
            OperationCanceledException or TimeoutException or SslHandshakeException { InnerException: OperationCanceledException } => Again($"{Sentence(server)} did not {Doing(problem.Step)} within {Seconds(problem.Limit)}: see whether it runs and is not blocked, or raise {problem.Limit.Option}."),
            SslHandshakeException => Again($"{Sentence(server)} could not agree on TLS with this host: {Said(cause.GetBaseException().Message, server)}. {(server.Security is Security.Tls ? "See whether port and security fit; starttls is usual on 587." : "See its log.")}"),
            SmtpCommandException command => OfAnswer(command.StatusCode, command.Message, problem.Step, server),
            AuthenticationException { InnerException: SmtpCommandException command } => OfAnswer(command.StatusCode, command.Message, MailStep.LoggingIn, server),
            AuthenticationException or SaslException => ProcessorResult.Fail($"{Sentence(server)} refused the login of {server.User}: {Said(cause.Message, server)}. Correct user and password."),
            NotSupportedException => ProcessorResult.Fail($"{Sentence(server)} cannot do what is asked of it: {NotOffered(problem.Step, server, cause)}"),
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => Again($"{Sentence(server)} cannot be found: {cause.Message}. Correct host, or the name server."),
            SocketException { SocketErrorCode: not (SocketError.ConnectionReset or SocketError.Shutdown) } => Again($"{Sentence(server)} cannot be reached: {cause.Message}. Start it, or correct host and port."),
            SmtpProtocolException or IOException or SocketException => Again($"{Sentence(server)} ended the connection while this host was {During(problem.Step)}: {Said(cause.GetBaseException().Message, server)}. See its log."),
            _ => ProcessorResult.Fail($"The mail could not be sent to {server}: {cause.GetType().Name}: {Said(cause.Message, server)}."),
        };
    }

    /// <summary>What it means that a server refused receivers; those it accepted have the mail.</summary>
    public static ProcessorResult OfReceivers(Delivery delivery, int receivers, MailServer server)
    {
        var refused = string.Join("; ", delivery.Refused.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Receiver.Address}: {(int)one.Response.StatusCode} {Said(one.Response.Response, server)}")));
        var reason = string.Create(CultureInfo.InvariantCulture, $"{Sentence(server)} refused {delivery.Refused.Count} of {receivers} receivers ({refused}).");
        return delivery.RefusedForNow.Any() ? Again(reason) : ProcessorResult.Fail($"{reason} Correct to, cc and bcc.");
    }

    private static ProcessorResult OfAnswer(SmtpStatusCode code, string message, MailStep step, MailServer server)
    {
        var reason = string.Create(CultureInfo.InvariantCulture, $"{Sentence(server)} answered {(int)code} while this host was {During(step)}: {Said(message, server)}.");
        return (int)code < 500 ? Again(reason) : ProcessorResult.Fail(step is MailStep.LoggingIn ? $"{reason} Correct user and password." : reason);
    }

    private static string NotOffered(MailStep step, MailServer server, Exception cause) => step switch
    {
        MailStep.Connecting => "it offers no STARTTLS on this port, and nothing is said to it in clear. Correct port, or set security.",
        MailStep.LoggingIn => "it offers no login here. Correct port and security, or leave user and password out.",
        _ => $"{Said(cause.Message, server)}.",
    };

    private static ProcessorResult Again(string reason) => ProcessorResult.Retry(TimeSpan.Zero, reason);

    private static string Doing(MailStep step) => step is MailStep.Connecting ? "answer" : "take the mail";

    private static string During(MailStep step) => step switch
    {
        MailStep.Connecting => "connecting",
        MailStep.LoggingIn => "logging in",
        _ => "sending the mail",
    };

    private static string Seconds(TimeLimit limit) => FormattableString.Invariant($"{limit.Length.TotalSeconds:0.###} s");

    /// <summary>On one line, bounded and without the password.</summary>
    private static string Said(string text, MailServer server)
    {
        // Scrubbed before it is cut, lest half a secret remain.
        var line = MailText.Header(server.Scrub().Of(text)).TrimEnd('.');
        return line.Length <= MaxShown ? line : line[..MaxShown] + "…";
    }

    private static string Sentence(MailServer server)
    {
        var text = server.ToString();
        return char.ToUpperInvariant(text[0]) + text[1..];
    }
}

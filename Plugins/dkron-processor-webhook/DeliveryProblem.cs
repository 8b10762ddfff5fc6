using System.Net.Sockets;
using System.Security.Authentication;
using Dkron.Abstractions;

namespace Dkron.Processors.Webhook;

/// <summary>Says why there was no answer, and what to do. Never says more of the address than the server.</summary>
internal static class DeliveryProblem
{
    public static ProcessorResult TimedOut(WebhookSettings settings) => ProcessorResult.Retry(
        TimeSpan.Zero,
        FormattableString.Invariant($"{settings.Server} did not answer within {settings.Timeout.TotalSeconds:0.###} s: see whether it runs and is not blocked, or raise send_timeout."));

    public static ProcessorResult Of(Exception exception, WebhookSettings settings)
    {
        var cause = exception.InnerException ?? exception;
        return cause switch
        {
            UntrustedException => ProcessorResult.Fail($"{settings.Server} was not trusted: {Sentence(cause)} {TlsRemedy(settings)}"),
            AuthenticationException => Again($"{settings.Server} could not agree on TLS with this host: {Sentence(cause.GetBaseException())} See whether it speaks TLS on this port."),
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => Again($"{settings.Server} cannot be found: {Sentence(cause)} Correct url, or the name server."),
            SocketException { SocketErrorCode: not (SocketError.ConnectionReset or SocketError.Shutdown) } => Again($"{settings.Server} cannot be reached: {Sentence(cause)} Start it, or correct url."),
            _ => Again($"{settings.Server} ended the connection before it had answered: {Kind(exception)} See its log."),
        };
    }

    private static ProcessorResult Again(string reason) => ProcessorResult.Retry(TimeSpan.Zero, reason);

    private static string TlsRemedy(WebhookSettings settings) =>
        $"Set ca_file to the authority that signed its certificate{(settings.CaFile.Length > 0 ? $" (now {settings.CaFile})" : "")}, and url to a name in it.";

    private static string Kind(Exception e) => e is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown and var error } ? $"{error}." : Sentence(e.GetBaseException());

    private static string Sentence(Exception e) => e.Message.TrimEnd('.') + ".";
}

using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Dkron.Processors.Notices;

namespace Dkron.Processors.Webhook;

/// <summary>A server's certificate is not trusted. The message says why, without a full stop.</summary>
#pragma warning disable CA1064 // The processor turns it into a result: it never leaves this assembly.
internal sealed class UntrustedException(string message) : Exception(message)
#pragma warning restore CA1064
{
    /// <summary>Never gives false: an exception tells a handshake that failed for another reason apart.</summary>
    public static bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        CertificateProblem.Of(certificate, chain, errors) is { Length: > 0 } problem ? throw new UntrustedException(problem) : true;
}

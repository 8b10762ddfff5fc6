using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Dkron.Processors.Notices;

/// <summary>Says why a server's certificate is not trusted.</summary>
internal static class CertificateProblem
{
    private const int MaxNames = 5;

    /// <summary>Empty when it is trusted.</summary>
    public static string Of(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => errors switch
    {
        SslPolicyErrors.None when certificate is not null => "",
        _ when certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) => "it showed no certificate",
        _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) => $"its certificate is for other names ({string.Join(", ", Names(certificate))})",
        _ => Of(chain),
    };

    /// <summary>Why a chain could not be built.</summary>
    public static string Of(X509Chain? chain)
    {
        var states = chain?.ChainStatus.Select(status => status.StatusInformation.TrimEnd('.', ' ')).Where(text => text.Length > 0).Distinct().ToList() ?? [];
        return states.Count > 0 ? string.Join("; ", states) : "its certificate's authority is not known";
    }

    private static List<string> Names(X509Certificate certificate)
    {
        using var server = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return [.. server.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames()).Take(MaxNames).DefaultIfEmpty(server.Subject)];
    }
}

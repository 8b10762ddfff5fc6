using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dkron.Processors.Notices;

namespace Dkron.Processors.Email;

/// <summary>Decides whether a server's certificate is trusted, and remembers why it was not.</summary>
internal sealed class CertificateCheck : IDisposable
{
    private readonly X509Certificate2Collection _authorities = [];

    private CertificateCheck()
    {
    }

    /// <summary>Why the certificate was not trusted; empty when it was or was not seen.</summary>
    public string Problem { get; private set; } = "";

    /// <exception cref="CaFileException">The file cannot be used.</exception>
    public static CertificateCheck Load(string caFile)
    {
        var check = new CertificateCheck();
        if (caFile.Length == 0)
        {
            return check;
        }

        try
        {
            check._authorities.ImportFromPemFile(caFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            check.Dispose();
            throw new CaFileException($"ca_file: {caFile} cannot be used: {e.Message}");
        }

        return check._authorities.Count > 0 ? check : throw new CaFileException($"ca_file: {caFile} holds no certificate; expected PEM with -----BEGIN CERTIFICATE-----.");
    }

    public bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var isOwn = _authorities.Count > 0 && certificate is not null && (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == 0;
        Problem = isOwn ? ProblemOfOwn(certificate!, chain) : CertificateProblem.Of(certificate, chain, errors);
        return Problem.Length == 0;
    }

    public void Dispose()
    {
        foreach (var authority in _authorities)
        {
            authority.Dispose();
        }
    }

    private string ProblemOfOwn(X509Certificate certificate, X509Chain? presented)
    {
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // RFC 5280, 4.2.1.12: serverAuth
        if (presented is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainElements.Select(element => element.Certificate).ToArray());
        }

        using var server = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(server) ? "" : CertificateProblem.Of(chain);
    }
}

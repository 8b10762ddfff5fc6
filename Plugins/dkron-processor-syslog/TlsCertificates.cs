using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Dkron.Processors.Syslog;

/// <summary>What one TLS handshake needs from files, read anew each time so that renewed certificates are taken up.</summary>
internal sealed class TlsCertificates : IDisposable
{
    private readonly X509Certificate2Collection _authorities = [];
    private X509Certificate2? _client;

    // rsyslogd with OpenSSL ends a resumed handshake with "internal error" when it asks for certificates; a connection lasts, so nothing is
    // saved by resuming.
    private TlsCertificates(SyslogTarget target) => Options = new SslClientAuthenticationOptions { TargetHost = target.TlsServerName, AllowTlsResume = false };

    public SslClientAuthenticationOptions Options { get; }

    /// <exception cref="TlsFileException">A file cannot be used.</exception>
    public static TlsCertificates Load(SyslogTarget target)
    {
        var certificates = new TlsCertificates(target);
        try
        {
            certificates.Read(target);
            return certificates;
        }
        catch
        {
            certificates.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _client?.Dispose();
        foreach (var authority in _authorities)
        {
            authority.Dispose();
        }
    }

    private void Read(SyslogTarget target)
    {
        if (target.CaFile.Length > 0)
        {
            TlsFileException.Wrap("ca_file", target.CaFile, () => _authorities.ImportFromPemFile(target.CaFile));
            if (_authorities.Count == 0)
            {
                throw new TlsFileException($"ca_file: {target.CaFile} holds no certificate; expected PEM with -----BEGIN CERTIFICATE-----.");
            }

            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(_authorities);
            Options.CertificateChainPolicy = policy;
        }

        if (target.ClientCertFile.Length > 0)
        {
            TlsFileException.Wrap("client_cert_file or client_key_file", target.ClientCertFile, () => _client = X509Certificate2.CreateFromPemFile(target.ClientCertFile, target.ClientKeyFile));
            Options.ClientCertificateContext = SslStreamCertificateContext.Create(_client!, additionalCertificates: null, offline: true);
        }

        if (!target.TlsVerify)
        {
#pragma warning disable CA5359 // The operator asked for it with tls_verify: false, whose description says what it gives away.
            Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
    }
}

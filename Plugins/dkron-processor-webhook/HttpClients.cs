using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Dkron.Processors.Webhook;

/// <summary>One client for each set of trusted authorities; a file that was renewed makes a new one.</summary>
internal sealed class HttpClients : IDisposable
{
    // A name may point elsewhere after a while.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string File, DateTime Written), HttpMessageInvoker> _clients = [];

    /// <exception cref="CaFileException">The file cannot be used.</exception>
    public HttpMessageInvoker Of(string caFile)
    {
        var key = (caFile, caFile.Length == 0 ? default : File.GetLastWriteTimeUtc(caFile));
        lock (_lock)
        {
            if (!_clients.TryGetValue(key, out var client))
            {
#pragma warning disable CA2000 // The client disposes its handler.
                client = new HttpMessageInvoker(NewHandler(caFile), disposeHandler: true);
#pragma warning restore CA2000
                _clients.Add(key, client);
            }

            return client;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var client in _clients.Values)
            {
                client.Dispose();
            }

            _clients.Clear();
        }
    }

    private static SocketsHttpHandler NewHandler(string caFile) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        PooledConnectionLifetime = ConnectionLifetime,
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = caFile.Length == 0 ? null : PolicyOf(caFile), RemoteCertificateValidationCallback = UntrustedException.Check },
    };

    private static X509ChainPolicy PolicyOf(string caFile)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(caFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new CaFileException($"ca_file: {caFile} cannot be used: {e.Message}");
        }

        return policy.CustomTrustStore.Count > 0 ? policy : throw new CaFileException($"ca_file: {caFile} holds no certificate; expected PEM with -----BEGIN CERTIFICATE-----.");
    }
}

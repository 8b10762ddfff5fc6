using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Dkron.Processors.Email;

/// <summary>Takes a mail to its server: connect, encrypt, log in, send.</summary>
internal sealed class MailDelivery(TimeProvider time) : IDisposable
{
    // Servers allow an account some connections at a time, and refuse those above them.
    private const int MaxConnections = 4;

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _connections = new(MaxConnections);

    public void Dispose() => _connections.Dispose();

    /// <exception cref="MailException">The mail was not taken.</exception>
    public async Task<Delivery> SendAsync(MimeMessage message, MailServer server, MailboxAddress from, IReadOnlyList<MailboxAddress> receivers, CancellationToken cancellationToken)
    {
        await _connections.WaitAsync(cancellationToken);
        try
        {
            return await SendAloneAsync(message, server, from, receivers, cancellationToken);
        }
        finally
        {
            _connections.Release();
        }
    }

    private async Task<Delivery> SendAloneAsync(MimeMessage message, MailServer server, MailboxAddress from, IReadOnlyList<MailboxAddress> receivers, CancellationToken cancellationToken)
    {
        var delivery = new Delivery();
        var step = MailStep.Connecting;
        using var sending = new CancellationTokenSource(server.SendTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(sending.Token, cancellationToken);
        using var certificates = CertificateCheck.Load(server.CaFile);
        using var client = new CollectingSmtpClient(delivery);
        client.ServerCertificateValidationCallback = certificates.IsTrusted;

        // An authority that cannot be asked for revocations must not keep a mail back.
        client.CheckCertificateRevocation = false;
        client.Timeout = Timeout.Infinite;
        try
        {
            await ConnectAsync(client, server, either.Token);
            step = MailStep.LoggingIn;
            if (server.User.Length > 0)
            {
                await client.AuthenticateAsync(server.User, server.Password, either.Token);
            }

            step = MailStep.Sending;
            await client.SendAsync(FormatOptions.Default, message, from, receivers, either.Token);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception e)
        {
            // All receivers refused is an answer about receivers, told as such.
            if (delivery.Refused.Count < receivers.Count)
            {
                var limit = sending.IsCancellationRequested ? new TimeLimit("send_timeout", server.SendTimeout) : new TimeLimit("connect_timeout", server.ConnectTimeout);
                throw new MailException(step, limit, certificates.Problem, e);
            }
        }

        await LeaveAsync(client);
        return delivery;
    }

    private async Task ConnectAsync(SmtpClient client, MailServer server, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(server.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await client.ConnectAsync(
            server.Host,
            server.Port,
            server.Security switch
            {
                Security.StartTls => SecureSocketOptions.StartTls,
                Security.Tls => SecureSocketOptions.SslOnConnect,
                _ => SecureSocketOptions.None,
            },
            either.Token);
    }

    /// <summary>The server has the mail: how the farewell goes changes nothing.</summary>
    private async Task LeaveAsync(SmtpClient client)
    {
        using var limit = new CancellationTokenSource(Farewell, time);
#pragma warning disable CA1031 // Whatever it is, the mail is there.
        try
        {
            await client.DisconnectAsync(quit: true, limit.Token);
        }
        catch (Exception)
        {
        }
#pragma warning restore CA1031
    }
}

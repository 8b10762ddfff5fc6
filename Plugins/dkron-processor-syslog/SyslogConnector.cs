using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Dkron.Processors.Syslog;

/// <summary>Opens connections.</summary>
internal sealed class SyslogConnector(TimeProvider time)
{
    private static readonly TimeSpan ServerVerdict = TimeSpan.FromMilliseconds(300);

    public async ValueTask<ISyslogConnection> ConnectAsync(SyslogTarget target, CancellationToken cancellationToken)
    {
        if (target.Transport is Transport.Local)
        {
            return await ConnectLocalAsync(target.Socket, cancellationToken);
        }

        var socket = await ConnectNetworkAsync(target, cancellationToken);
        try
        {
            return target.Transport switch
            {
                Transport.Udp => new DatagramConnection(socket),
                Transport.Tcp => new StreamConnection(socket, new NetworkStream(socket), time),
                _ => new StreamConnection(socket, await SecureAsync(socket, target, cancellationToken), time),
            };
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async ValueTask<ISyslogConnection> ConnectLocalAsync(string path, CancellationToken cancellationToken)
    {
        var endPoint = new UnixDomainSocketEndPoint(path);
        try
        {
            return new DatagramConnection(await ConnectAsync(endPoint, SocketType.Dgram, ProtocolType.Unspecified, cancellationToken));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ProtocolType)
        {
            var socket = await ConnectAsync(endPoint, SocketType.Stream, ProtocolType.Unspecified, cancellationToken);
            return new StreamConnection(socket, new NetworkStream(socket), time);
        }
    }

    private static async ValueTask<Socket> ConnectNetworkAsync(SyslogTarget target, CancellationToken cancellationToken)
    {
        var (type, protocol) = target.Transport is Transport.Udp ? (SocketType.Dgram, ProtocolType.Udp) : (SocketType.Stream, ProtocolType.Tcp);
        var addresses = await Dns.GetHostAddressesAsync(target.Host, cancellationToken);
        for (var i = 0; ; i++)
        {
            try
            {
                return await ConnectAsync(new IPEndPoint(addresses[i], target.Port), type, protocol, cancellationToken);
            }
            catch (SocketException) when (i + 1 < addresses.Length)
            {
                // The next address of the same name may answer.
            }
        }
    }

    private static async ValueTask<Socket> ConnectAsync(EndPoint endPoint, SocketType type, ProtocolType protocol, CancellationToken cancellationToken)
    {
        var socket = new Socket(endPoint.AddressFamily, type, protocol);
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            if (protocol is ProtocolType.Tcp)
            {
                socket.NoDelay = true;
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async ValueTask<SslStream> SecureAsync(Socket socket, SyslogTarget target, CancellationToken cancellationToken)
    {
#pragma warning disable CA2000 // Either the connection that is made of it disposes it, or the catch below.
        var stream = new SslStream(new NetworkStream(socket));
#pragma warning restore CA2000
        try
        {
            using var certificates = TlsCertificates.Load(target);
            await stream.AuthenticateAsClientAsync(certificates.Options, cancellationToken);
#pragma warning disable CA5398 // Asks which version was chosen; it chooses none.
            if (stream.SslProtocol is SslProtocols.Tls13)
#pragma warning restore CA5398
            {
                await WaitForVerdictAsync(socket, cancellationToken);
            }

            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// In TLS 1.3 the client is done before the server has looked at its certificate (RFC 8446, section 2): a refusal comes later, and what was
    /// sent until then is lost. The server's first bytes, a session ticket or the refusal, tell; a server without tickets costs the whole wait, once for each connection.
    /// </summary>
    private async ValueTask WaitForVerdictAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(ServerVerdict, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // No word from the server, so no refusal either.
        }
    }
}

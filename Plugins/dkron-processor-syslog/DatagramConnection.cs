using System.Net.Sockets;

namespace Dkron.Processors.Syslog;

/// <summary>One datagram for each message: UDP, or a local socket.</summary>
internal sealed class DatagramConnection(Socket socket) : ISyslogConnection
{
    // Made anew for each call, which costs nothing: a server that was started again has another socket under its name.
    public bool IsReusable => false;

    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        await socket.SendAsync(message, SocketFlags.None, cancellationToken);

    public ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        // Where nobody listens, the other machine may have said so (ICMP); on this machine it has.
        var error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        return error == 0 ? default : throw new SocketException(error);
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return default;
    }
}

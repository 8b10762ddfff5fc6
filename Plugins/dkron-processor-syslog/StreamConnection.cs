using System.Buffers;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Dkron.Processors.Syslog;

/// <summary>Messages one after another in a stream: TCP, TLS, or a local socket that wants a stream.</summary>
internal sealed class StreamConnection : ISyslogConnection
{
    private const int FlushBytes = 32 * 1024;
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _watchEnds = new();
    private readonly Task _watch;
    private readonly ArrayBufferWriter<byte> _pending = new();
    private bool _complete;

    public StreamConnection(Socket socket, Stream stream, TimeProvider time)
    {
        _socket = socket;
        _stream = stream;
        _time = time;
        _watch = WatchAsync(_watchEnds.Token);
    }

    // Without asking the socket, the first write after the server's farewell would succeed and be lost: the watch hears of it later.
    public bool IsReusable => !_watch.IsCompleted && !NativeMethods.IsClosedByPeer(_socket.SafeHandle);

    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        _complete = false;
        // Octet counting, RFC 6587 section 3.4.1; on a local stream each message ends with NUL, as syslog(3) does it.
        if (IsLocal)
        {
            _pending.Write(message.Span);
            _pending.Write("\0"u8);
        }
        else
        {
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{message.Length} "), _pending);
            _pending.Write(message.Span);
        }

        if (_pending.WrittenCount >= FlushBytes)
        {
            await FlushAsync(cancellationToken);
        }
    }

    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        var pause = TimeSpan.FromMilliseconds(1);
        while (IsUnacknowledged())
        {
            await Task.Delay(pause, _time, cancellationToken);
            pause = pause < LongestPause ? pause * 2 : LongestPause;
        }

        if (!IsReusable)
        {
            throw new SocketException((int)SocketError.ConnectionReset);
        }

        _complete = true;
    }

    public async ValueTask DisposeAsync()
    {
        var open = !_watch.IsCompleted;
        await _watchEnds.CancelAsync();
        await _watch;
        if (_complete && open)
        {
            await SayFarewellAsync();
        }

        await _stream.DisposeAsync();
        _socket.Dispose();
        _watchEnds.Dispose();
    }

    /// <summary>
    /// Ends the sending and waits for the server to do the same. Closing at once, with a TLS session ticket still on its way here, would
    /// reset the connection, and the server would lose what it had received and not yet read.
    /// </summary>
    /// <remarks>
    /// RFC 5425, section 4.4, asks for the close_notify as well. <see cref="SslStream.ShutdownAsync"/> takes no lock that a read respects:
    /// only once the watch reads no more may it be called, or OpenSSL's state is torn, up to a segmentation fault.
    /// </remarks>
    private async ValueTask SayFarewellAsync()
    {
        using var limit = new CancellationTokenSource(FarewellTime, _time);
        try
        {
            if (_stream is SslStream secure)
            {
                await secure.ShutdownAsync().WaitAsync(limit.Token);
            }

            _socket.Shutdown(SocketShutdown.Send);
            await ReadToEndAsync(limit.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or InvalidOperationException or CryptographicException)
        {
            // A server that has nothing to say any more is not waited for longer.
        }
    }

    private bool IsLocal => _socket.AddressFamily is AddressFamily.Unix;

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(_pending.WrittenMemory, cancellationToken);
        await _stream.FlushAsync(cancellationToken);
        _pending.ResetWrittenCount();
    }

    // A machine that has vanished leaves a connection that looks well: only its acknowledgement tells that the bytes arrived.
    private bool IsUnacknowledged()
    {
        var bytes = 0;
        return OperatingSystem.IsLinux() && !IsLocal && NativeMethods.Control(_socket.SafeHandle, NativeMethods.Unacknowledged, ref bytes) == 0 && bytes > 0 && !_watch.IsCompleted;
    }

    /// <summary>Ends when the server closes the connection or this end does. Owned by this object, awaited when it is disposed.</summary>
    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReadToEndAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // Closed in another way, or watched no longer; that it is closed is all that matters.
        }
    }

    private async Task ReadToEndAsync(CancellationToken cancellationToken)
    {
        var ignored = new byte[256];
        while (await _stream.ReadAsync(ignored, cancellationToken) > 0)
        {
        }
    }
}

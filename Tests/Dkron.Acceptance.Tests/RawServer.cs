using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Dkron.Acceptance.Tests;

/// <summary>A socket on loopback that answers the first thing that it is sent, and closes.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, string> _answer;
    private readonly Task _answering;

    public RawServer(Func<string, string> answer)
    {
        _answer = answer;
        _listener.Start();
        _answering = AnswerAsync();
    }

    public ConcurrentQueue<string> Received { get; } = [];

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static string Http(string status, string body = "") => $"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _answering;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AnswerAsync()
    {
        var buffer = new byte[64 * 1024];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await using var stream = client.GetStream();

                // A client that waits to be greeted says nothing.
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                patience.CancelAfter(TimeSpan.FromSeconds(1));
                var length = await stream.ReadAsync(buffer, patience.Token);
                var text = Encoding.Latin1.GetString(buffer, 0, length);
                Received.Enqueue(text);
                await stream.WriteAsync(Encoding.Latin1.GetBytes(_answer(text)), _stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The test is over, or the client went away.
            }
        }
    }
}

using System.Collections.Concurrent;
using System.Globalization;
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

    /// <summary>Whether an HTTP request has come with its body; all else is whole as it comes.</summary>
    private static bool IsWhole(string text)
    {
        var body = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        var length = text.Split("Content-Length: ") is [_, var rest, ..] ? int.Parse(rest.Split('\r')[0], CultureInfo.InvariantCulture) : 0;
        return !text.StartsWith("POST", StringComparison.Ordinal) || (body >= 4 && text.Length >= body + length);
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
                var text = "";
                var count = 0;
                do
                {
                    count = await stream.ReadAsync(buffer, _stop.Token);
                    text += Encoding.Latin1.GetString(buffer, 0, count);
                }
                while (count > 0 && !IsWhole(text));

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

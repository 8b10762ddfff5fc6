using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dkron.Acceptance.Tests;

/// <summary>A mail server on loopback that refuses each login, and says with what, in several forms.</summary>
internal sealed class RepeatingSmtpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _answering;

    public RepeatingSmtpServer()
    {
        _listener.Start();
        _answering = AnswerAsync();
    }

    /// <summary>What came with each login, decoded.</summary>
    public ConcurrentQueue<string> Logins { get; } = [];

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _answering;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AnswerAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
                await using var writer = new StreamWriter(client.GetStream(), Encoding.Latin1) { AutoFlush = true, NewLine = "\r\n" };
                for (var line = "greeting"; line is not null; line = await reader.ReadLineAsync(_stop.Token))
                {
                    await writer.WriteLineAsync(Answer(line));
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The test is over, or the client went away.
            }
        }
    }

    private string Answer(string line)
    {
        switch (line.Split(' '))
        {
            case ["greeting"]:
                return "220 repeating ESMTP";
            case ["EHLO", ..]:
                return "250-repeating\r\n250 AUTH PLAIN";
            case ["AUTH", "PLAIN", var sent]:
                // RFC 4616: authorization identity, user and password, parted by NUL.
                var login = Encoding.UTF8.GetString(Convert.FromBase64String(sent));
                Logins.Enqueue(login);
                var words = login.Replace('\0', ' ');
                return $"535 no {sent} {words} {JsonEncodedText.Encode(login)} {words.Replace("/", "\\/")} {HtmlEncoder.Default.Encode(words)} {WebUtility.HtmlEncode(words)} {Uri.EscapeDataString(words)}";
            default:
                return "221 bye";
        }
    }
}

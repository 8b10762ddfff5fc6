using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Dkron.Plugins.Tests.Email;

/// <summary>Speaks SMTP in clear on a real socket, and at one command does what no good server does.</summary>
internal sealed class RudeSmtpServer : IAsyncDisposable
{
    /// <summary>Ends the connection in place of an answer.</summary>
    public const string Cut = "cut";

    /// <summary>Never answers.</summary>
    public const string Silence = "silence";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _at;
    private readonly string _answer;
    private readonly Task _accepting;

    /// <param name="at">The beginning of a command, <c>greeting</c>, or <c>.</c> for the end of a mail.</param>
    /// <param name="answer">What is answered to it; <c>{0}</c> stands for what was sent, decoded from base64.</param>
    public RudeSmtpServer(string at, string answer)
    {
        _at = at;
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Connections { get; private set; }

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public (string Key, string Value)[] Config(params (string Key, string Value)[] more) =>
        [("host", "127.0.0.1"), ("port", $"{Port}"), ("security", "none"), ("from", "dkron@example.com"), ("to", "ops@example.com"), .. more];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var talks = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Connections++;
                talks.Add(TalkAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(talks);
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
                await using var writer = new StreamWriter(client.GetStream(), Encoding.Latin1) { AutoFlush = true, NewLine = "\r\n" };
                var inMail = false;
                for (var line = "greeting"; line is not null; line = await reader.ReadLineAsync(_stop.Token))
                {
                    if (inMail && line != ".")
                    {
                        continue;
                    }

                    if (line.StartsWith(_at, StringComparison.OrdinalIgnoreCase))
                    {
                        if (_answer == Cut)
                        {
                            return;
                        }

                        await (_answer == Silence ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token) : writer.WriteLineAsync(string.Format(_answer, Decoded(line))));
                        inMail = false;
                        continue;
                    }

                    await writer.WriteLineAsync(Usual(line));
                    inMail = line == "DATA";
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The other side went away, or the test is over.
            }
        }
    }

    private static string Usual(string line) => line.Split(' ')[0].ToUpperInvariant() switch
    {
        "GREETING" => "220 rude ESMTP",
        "EHLO" => "250-rude\r\n250 AUTH PLAIN",
        "AUTH" => "235 welcome",
        "DATA" => "354 go on",
        "QUIT" => "221 bye",
        _ => "250 OK",
    };

    private static string Decoded(string line)
    {
        var word = line.Split(' ')[^1];
        var bytes = new byte[word.Length];
        return Convert.TryFromBase64String(word, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length).Replace('\0', ' ') + " " + word : "";
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Dkron.Abstractions;
using Dkron.Processors.Syslog;

namespace Dkron.Plugins.Tests.Syslog;

public sealed class SyslogDeliveryTests : IAsyncLifetime
{
    private readonly SyslogProcessor _processor = new(TimeProvider.System);
    private Rsyslog _server = null!;

    public async ValueTask InitializeAsync() => _server = await Rsyslog.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _processor.DisposeAsync();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("local")]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("tls")]
    public async Task Each_line_is_a_message_with_structured_data(string transport)
    {
        var context = Some.Context("first line\r\nsecond \"line\" äöü\n", exitCode: 3, config: [.. _server.Config(transport), ("tag", "jobs"), ("facility", "local3")]);

        var result = await _processor.ProcessAsync(context, CancellationToken.None);

        Encoding.UTF8.GetString(result.Output.Span).Should().Be("Output in syslog", result.Reason); // the marker of Dkron's syslog_output.go
        var element = $"[dkron@32473 job=\"nightly\" execution=\"{Some.Id(1)}\" attempt=\"2\" status=\"failed\" exit_code=\"3\" trigger=\"schedule\" line=\"";
        (await _server.ReceivedAsync(2)).Should().Equal(
            new ReceivedMessage("local3", "err", "web-1", "jobs", "output", element + "1\"]", "first line"),
            new ReceivedMessage("local3", "err", "web-1", "jobs", "output", element + "2\"]", "second \"line\" äöü"));
    }

    [Theory]
    [InlineData("local")]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("tls")]
    public async Task Without_splitting_an_execution_is_one_message(string transport)
    {
        var context = Some.Context("one\ntwo\n", forward: true, config: [.. _server.Config(transport), ("split", "none"), ("success_severity", "notice")]);

        var result = await _processor.ProcessAsync(context, CancellationToken.None);

        result.Should().BeSameAs(ProcessorResult.Unchanged);
        var message = (await _server.ReceivedAsync(1)).Should().ContainSingle().Subject;
        (message.Facility, message.Severity, message.AppName, message.Text).Should().Be(("cron", "notice", "dkron", "one#012two"));
        message.StructuredData.Should().Contain("exit_code=\"0\"").And.NotContain("line=");
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task The_old_format_carries_the_same_data_in_its_text(string transport)
    {
        var context = Some.Context("hello\n", config: [.. _server.Config(transport), ("format", "rfc3164")]);

        await _processor.ProcessAsync(context, CancellationToken.None);

        var message = (await _server.ReceivedAsync(1)).Should().ContainSingle().Subject;
        (message.Facility, message.Severity, message.HostName, message.AppName).Should().Be(("cron", "info", "web-1", "dkron"));
        message.Text.Trim().Should().StartWith("[dkron@32473 job=\"nightly\" execution=").And.EndWith(" line=\"1\"] hello");
    }

    [Fact]
    public async Task The_old_format_is_what_a_local_socket_expects_that_was_told_nothing()
    {
        var context = Some.Context("hello\n", config: [("socket", _server.LocalFormatSocket), ("format", "rfc3164")]);

        await _processor.ProcessAsync(context, CancellationToken.None);

        var message = (await _server.ReceivedAsync(1)).Should().ContainSingle().Subject;
        (message.AppName, message.Severity).Should().Be(("dkron", "info"));
        message.Text.Trim().Should().StartWith("[dkron@32473 job=\"nightly\"").And.EndWith("] hello");
    }

    [Fact]
    public async Task Hostile_names_stay_inside_their_values()
    {
        var context = Some.Context("x\n", execution: "1-a\"] [evil@1 x=\"\\y\n", config: _server.Config("tcp"));

        await _processor.ProcessAsync(context, CancellationToken.None);

        var message = (await _server.ReceivedAsync(1)).Should().ContainSingle().Subject;
        message.Text.Should().Be("x");
        message.StructuredData.Should().Contain("execution=\"1-a\\\"\\] [evil@1 x=\\\"\\\\y \" attempt="); // RFC 5424, 6.3.3
    }

    [Fact]
    public async Task Control_characters_cannot_make_a_second_message()
    {
        var context = Some.Context("a\r<13>1 - evil\0b\u001b[31m\n", config: _server.Config("udp"));

        await _processor.ProcessAsync(context, CancellationToken.None);

        (await _server.ReceivedAsync(1)).Should().ContainSingle().Which.Text.Should().Be("a#015<13>1 - evil#000b#033[31m");
    }

    [Fact]
    public async Task An_execution_without_output_is_one_message_too()
    {
        await _processor.ProcessAsync(Some.Context("", config: _server.Config("local")), CancellationToken.None);

        (await _server.ReceivedAsync(1)).Should().ContainSingle().Which.Text.Should().BeEmpty();
    }

    [Fact]
    public async Task Lines_beyond_the_limit_are_counted_in_a_last_message()
    {
        var context = Some.Context(string.Concat(Enumerable.Range(1, 10).Select(i => $"line {i}\n")), config: [.. _server.Config("tcp"), ("max_lines", "3")]);

        await _processor.ProcessAsync(context, CancellationToken.None);

        var messages = await _server.ReceivedAsync(4);
        messages.Select(m => m.Text).Should().Equal("line 1", "line 2", "line 3", "7 more lines (50 bytes) not sent: max_lines is 3");
        messages[^1].MessageId.Should().Be("omitted");
        messages[^1].StructuredData.Should().EndWith("omitted_lines=\"7\" omitted_bytes=\"50\"]");
    }

    [Fact]
    public async Task A_long_line_goes_on_in_further_messages_and_no_character_is_torn()
    {
        var line = string.Concat(Enumerable.Repeat("a€", 2000));
        var context = Some.Context(line + "\nshort\n", config: [.. _server.Config("tls"), ("max_message_bytes", "1024")]);

        await _processor.ProcessAsync(context, CancellationToken.None);

        await _server.ReceivedAsync(11);
        await Eventually.TrueAsync("the last line arrived", async () => (await _server.ReceivedAsync(1))[^1].Text == "short");
        var messages = await _server.ReceivedAsync(1);
        string.Concat(messages.SkipLast(1).Select(m => m.Text)).Should().Be(line);
        messages[1].StructuredData.Should().EndWith("line=\"1\" part=\"2\"]");
        messages[^1].StructuredData.Should().EndWith("line=\"2\"]");
    }

    [Fact]
    public async Task One_message_for_all_is_cut_at_its_limit_and_says_how_much_is_missing()
    {
        var context = Some.Context(new string('x', 5000), config: [.. _server.Config("tcp"), ("split", "none"), ("max_message_bytes", "1KB")]);

        await _processor.ProcessAsync(context, CancellationToken.None);

        var message = (await _server.ReceivedAsync(1)).Should().ContainSingle().Subject;
        message.StructuredData.Should().EndWith($"omitted_bytes=\"{5000 - message.Text.Length}\"]");
        message.Text.Length.Should().BeGreaterThan(500);
    }

    [Theory]
    [InlineData("local")]
    [InlineData("tcp")]
    [InlineData("tls")]
    public async Task Many_calls_at_once_lose_nothing_and_mix_nothing(string transport)
    {
        const int Count = 100;
        var config = _server.Config(transport);
        var calls = Enumerable.Range(0, Count).Select(i => Task.Run(async () =>
            await _processor.ProcessAsync(Some.Context($"a {i}\nb {i}\nc {i}\n", execution: Some.Id(i), config: config), CancellationToken.None)));

        var results = await Task.WhenAll(calls);

        results.Should().OnlyContain(r => r.Kind == ProcessorResultKind.Output);
        var messages = await _server.ReceivedAsync(Count * 3);
        messages.Select(m => m.Text).Should().BeEquivalentTo(Enumerable.Range(0, Count).SelectMany(i => new[] { $"a {i}", $"b {i}", $"c {i}" }));
        messages.Should().OnlyContain(m => m.StructuredData.Contains($"execution=\"{Some.Id(int.Parse(m.Text.Substring(2)))}\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task However_many_calls_there_are_the_server_sees_at_most_16_connections()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var accepted = new ConcurrentBag<Task>();
        var accepting = Task.Run(async () =>
        {
            while (true)
            {
                var stream = new NetworkStream(await listener.AcceptSocketAsync(), ownsSocket: true);
                accepted.Add(stream.CopyToAsync(Stream.Null));
            }
        });
        var context = Some.Context(config: [("transport", "tcp"), ("host", "127.0.0.1"), ("port", $"{((IPEndPoint)listener.LocalEndpoint).Port}")]);

        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(async () => await _processor.ProcessAsync(context, CancellationToken.None))));

        results.Should().OnlyContain(r => r.Kind == ProcessorResultKind.Output);
        accepted.Count.Should().BeInRange(1, 16);
        listener.Stop();
        await accepting.Invoking(a => a).Should().ThrowAsync<SocketException>();
        await _processor.DisposeAsync();
        await Task.WhenAll(accepted);
    }

    [Fact]
    public async Task A_large_file_is_sent_within_its_limits()
    {
        using var folder = new TempFolder();
        var lines = Enumerable.Range(0, 20_000).Select(i => $"line {i} {new string('y', i % 50)}").ToArray();
        var output = Some.FileOutput(folder.At("output"), Encoding.ASCII.GetBytes(string.Join('\n', lines)));

        var result = await _processor.ProcessAsync(Some.Context(outputAs: output, config: [.. _server.Config("tls"), ("max_lines", "20000")]), CancellationToken.None);

        result.Kind.Should().Be(ProcessorResultKind.Output, result.Reason);
        (await _server.ReceivedAsync(lines.Length)).Select(m => m.Text).Should().Equal(lines);
    }
}

using System.Net;
using System.Net.Sockets;
using Dkron.Abstractions;
using Dkron.Processors.Syslog;

namespace Dkron.Plugins.Tests.Syslog;

public sealed class SyslogFailureTests : IAsyncLifetime
{
    private readonly SyslogProcessor _processor = new(TimeProvider.System);

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _processor.DisposeAsync();

    [Theory]
    [InlineData("local", "The syslog socket ")]
    [InlineData("udp", "The syslog server 127.0.0.1:")]
    [InlineData("tcp", "The syslog server 127.0.0.1:")]
    [InlineData("tls", "The syslog server 127.0.0.1:")]
    public async Task A_server_that_is_down_is_said_in_words_and_the_output_kept_until_it_is_back(string transport, string named)
    {
        await using var server = await Rsyslog.StartAsync();
        await server.StopAsync();
        var context = Some.Context("late\n", config: server.Config(transport));

        var down = await _processor.ProcessAsync(context, CancellationToken.None);
        await server.StartAgainAsync();
        var up = await _processor.ProcessAsync(context, CancellationToken.None);

        down.Kind.Should().Be(ProcessorResultKind.Retry);
        down.Reason.Should().StartWith(named).And.Contain("cannot be reached").And.Contain("refused").And.Contain("tart ");
        up.Kind.Should().Be(ProcessorResultKind.Output, up.Reason);
        (await server.ReceivedAsync(1)).Should().ContainSingle().Which.Text.Should().Be("late");
    }

    [Theory]
    [InlineData("local")]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("tls")]
    public async Task A_server_that_was_started_again_in_between_loses_nothing(string transport)
    {
        await using var server = await Rsyslog.StartAsync();
        var config = server.Config(transport);
        (await _processor.ProcessAsync(Some.Context("before\n", config: config), CancellationToken.None)).Kind.Should().Be(ProcessorResultKind.Output);
        await server.ReceivedAsync(1);
        await server.StopAsync();
        await server.StartAgainAsync();

        var result = await _processor.ProcessAsync(Some.Context("after\n", config: config), CancellationToken.None);

        result.Kind.Should().Be(ProcessorResultKind.Output, result.Reason);
        (await server.ReceivedAsync(2)).Select(m => m.Text).Should().Equal("before", "after");
    }

    [Fact]
    public async Task A_server_with_a_certificate_of_a_stranger_gets_nothing()
    {
        await using var server = await Rsyslog.StartAsync();
        using var stranger = new TestAuthority("somebody else");

        var result = await _processor.ProcessAsync(Some.Context(config: [.. server.Config("tls"), ("ca_file", stranger.CaFile)]), CancellationToken.None);

        result.Kind.Should().Be(ProcessorResultKind.Fail);
        result.Reason.Should().Contain("was not trusted").And.Contain("Set ca_file").And.Contain(stranger.CaFile);
    }

    [Fact]
    public async Task A_server_with_a_certificate_for_another_name_gets_nothing()
    {
        await using var server = await Rsyslog.StartAsync();

        var result = await _processor.ProcessAsync(Some.Context(config: [.. server.Config("tls"), ("tls_server_name", "other.test")]), CancellationToken.None);

        result.Kind.Should().Be(ProcessorResultKind.Fail);
        result.Reason.Should().Contain("was not trusted").And.Contain("tls_server_name to a name in it (now other.test)");
    }

    [Fact]
    public async Task Without_verification_any_certificate_will_do()
    {
        await using var server = await Rsyslog.StartAsync();
        var config = server.Config("tls").Where(option => option.Key is not ("ca_file" or "tls_server_name"));

        var result = await _processor.ProcessAsync(Some.Context(config: [.. config, ("tls_verify", "false")]), CancellationToken.None);

        result.Kind.Should().Be(ProcessorResultKind.Output, result.Reason);
        await server.ReceivedAsync(1);
    }

    [Fact]
    public async Task A_server_that_wants_a_certificate_of_ours_gets_one_or_the_outcome_says_so()
    {
        await using var server = await Rsyslog.StartAsync(wantsClientCertificate: true);
        var (certificate, key) = server.SignClient();

        var without = await _processor.ProcessAsync(Some.Context("without\n", config: server.Config("tls")), CancellationToken.None);
        var with = await _processor.ProcessAsync(
            Some.Context("with\n", config: [.. server.Config("tls"), ("client_cert_file", certificate), ("client_key_file", key)]), CancellationToken.None);

        without.Kind.Should().BeOneOf(ProcessorResultKind.Retry, ProcessorResultKind.Fail);
        without.Reason.Should().Contain("client_cert_file");
        with.Kind.Should().Be(ProcessorResultKind.Output, with.Reason);
        (await server.ReceivedAsync(1)).Should().ContainSingle().Which.Text.Should().Be("with");
    }

    [Theory]
    [InlineData("ca_file")]
    [InlineData("client_cert_file")]
    public async Task A_certificate_file_that_is_not_there_is_named(string option)
    {
        await using var server = await Rsyslog.StartAsync();
        (string, string)[] files = option == "ca_file" ? [(option, "/nowhere.pem")] : [(option, "/nowhere.pem"), ("client_key_file", "/nowhere.key")];

        var result = await _processor.ProcessAsync(Some.Context(config: [.. server.Config("tls"), .. files]), CancellationToken.None);

        result.Kind.Should().Be(ProcessorResultKind.Fail);
        result.Reason.Should().Contain(option).And.Contain("/nowhere.pem");
    }

    [Fact]
    public async Task A_server_that_takes_nothing_costs_only_the_time_allowed()
    {
        await using var server = await Rsyslog.StartAsync();
        server.Pause(true);
        var context = Some.Context(string.Concat(Enumerable.Repeat(new string('x', 4000) + "\n", 5000)), config: [.. server.Config("tcp"), ("max_lines", "5000"), ("send_timeout", "300ms")]);

        var result = await _processor.ProcessAsync(context, CancellationToken.None);

        server.Pause(false);
        result.Kind.Should().Be(ProcessorResultKind.Retry);
        result.Reason.Should().Contain("did not take the messages within 0.3 s");
    }

    [Fact]
    public async Task The_calls_own_cancellation_is_passed_on()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        var call = async () => await _processor.ProcessAsync(
            Some.Context(config: [("transport", "tls"), ("host", "127.0.0.1"), ("port", $"{((IPEndPoint)listener.LocalEndpoint).Port}")]), cancelled.Token);

        await call.Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Something_that_does_not_speak_TLS_is_said_in_words()
    {
        await using var server = await Rsyslog.StartAsync();

        var result = await _processor.ProcessAsync(Some.Context(config: [.. server.Config("tls"), ("port", $"{server.TcpPort}"), ("send_timeout", "2s")]), CancellationToken.None);

        result.Kind.Should().BeOneOf(ProcessorResultKind.Retry, ProcessorResultKind.Fail);
        result.Reason.Should().Contain($"127.0.0.1:{server.TcpPort}");
    }

    [Fact]
    public async Task A_local_socket_that_wants_a_stream_gets_one()
    {
        using var folder = new TempFolder();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(folder.At("stream")));
        listener.Listen();

        var result = await _processor.ProcessAsync(Some.Context("one\ntwo\n", config: ("socket", folder.At("stream"))), CancellationToken.None);
        await _processor.DisposeAsync();

        result.Kind.Should().Be(ProcessorResultKind.Output, result.Reason);
        using var reader = new StreamReader(new NetworkStream(await listener.AcceptAsync()));
        var messages = (await reader.ReadToEndAsync()).Split('\0'); // as glibc's syslog(3) ends messages on a stream
        messages.Should().HaveCount(3);
        messages[0].Should().StartWith("<78>1 2026-01-02T03:04:06.500000Z web-1 dkron ").And.EndWith(" line=\"1\"] one");
    }
}

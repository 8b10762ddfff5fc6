using System.Net.Sockets;
using Dkron.Abstractions;
using Dkron.Plugins.Tests.Syslog;
using Dkron.Processors.Email;

namespace Dkron.Plugins.Tests.Email;

public sealed class EmailFailureTests : IAsyncDisposable
{
    private const string Password = "hunter2-is-secret";

    private readonly TempFolder _folder = new();
    private readonly EmailProcessor _processor;

    public EmailFailureTests() => _processor = new EmailProcessor(new CollectingLog(), TimeProvider.System, Notice.Plugin("email", _folder));

    public async ValueTask DisposeAsync()
    {
        await _processor.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_server_that_is_down_is_asked_again()
    {
        var port = Rsyslog.FreePort(SocketType.Stream, ProtocolType.Tcp);

        var result = await SendAsync(("host", "127.0.0.1"), ("port", $"{port}"), ("from", "a@example.com"), ("to", "b@example.com"));

        result.Kind.Should().Be(ProcessorResultKind.Retry);
        result.Reason.Should().Contain($"The mail server 127.0.0.1:{port} (starttls) cannot be reached: Connection refused. Start it");
    }

    [Theory]
    [InlineData("greeting", "starttls", "connect_timeout", "300ms", "did not answer within 0.3 s")]
    [InlineData("greeting", "none", "connect_timeout", "300ms", "did not answer within 0.3 s")]
    [InlineData("greeting", "tls", "connect_timeout", "300ms", "did not answer within 0.3 s")]
    [InlineData("greeting", "starttls", "send_timeout", "300ms", "did not answer within 0.3 s")]
    [InlineData("greeting", "none", "send_timeout", "300ms", "did not answer within 0.3 s")]
    [InlineData("greeting", "tls", "send_timeout", "300ms", "did not answer within 0.3 s")]
    [InlineData("MAIL", "none", "send_timeout", "3s", "did not take the mail within 3 s")]
    [InlineData(".", "none", "send_timeout", "3s", "did not take the mail within 3 s")]
    public async Task A_server_that_is_slow_is_asked_again(string at, string security, string limit, string time, string reason)
    {
        await using var server = new RudeSmtpServer(at, RudeSmtpServer.Silence);

        var result = await SendAsync(server.Config(("security", security), (limit, time)));

        result.Kind.Should().Be(ProcessorResultKind.Retry);
        result.Reason.Should().Contain(reason).And.Contain($"raise {limit}");
    }

    [Theory]
    [InlineData("greeting", "connecting")]
    [InlineData("EHLO", "connecting")]
    [InlineData("AUTH", "logging in")]
    [InlineData("RCPT", "sending the mail")]
    [InlineData("DATA", "sending the mail")]
    [InlineData(".", "sending the mail")]
    public async Task A_connection_that_is_cut_is_tried_again(string at, string doing)
    {
        await using var server = new RudeSmtpServer(at, RudeSmtpServer.Cut);

        var result = await SendAsync(server.Config(("user", "dkron"), ("password", Password)));

        result.Kind.Should().Be(ProcessorResultKind.Retry, result.Reason);
        result.Reason.Should().Contain($"ended the connection while this host was {doing}").And.NotContain(Password);
    }

    [Theory]
    [InlineData("greeting", "421 too busy", ProcessorResultKind.Retry, "answered 421 while this host was connecting: too busy")]
    [InlineData("greeting", "554 not you", ProcessorResultKind.Fail, "answered 554")]
    [InlineData("AUTH", "454 4.7.0 the directory is away", ProcessorResultKind.Retry, "answered 454 while this host was logging in")]
    [InlineData("AUTH", "535 5.7.8 no", ProcessorResultKind.Fail, "Correct user and password")]
    [InlineData("MAIL", "550 5.7.1 not allowed to send as this", ProcessorResultKind.Fail, "answered 550 while this host was sending the mail: 5.7.1 not allowed to send as this")]
    [InlineData("DATA", "452 4.3.1 disk full", ProcessorResultKind.Retry, "answered 452")]
    [InlineData(".", "451 4.3.0 try again", ProcessorResultKind.Retry, "answered 451")]
    [InlineData(".", "552 5.3.4 too big", ProcessorResultKind.Fail, "answered 552 while this host was sending the mail: 5.3.4 too big")]
    public async Task What_a_server_answers_decides_whether_it_is_tried_again(string at, string answer, ProcessorResultKind kind, string reason)
    {
        await using var server = new RudeSmtpServer(at, answer);

        var result = await SendAsync(server.Config(("user", "dkron"), ("password", Password)));

        result.Reason.Should().Contain(reason);
        result.Kind.Should().Be(kind);
    }

    [Fact]
    public async Task A_wrong_login_is_told_and_not_tried_again()
    {
        await using var server = await MailServerProcess.StartAsync();

        var result = await SendAsync(server.Config("starttls", ("password", Password)));

        result.Kind.Should().Be(ProcessorResultKind.Fail);
        result.Reason.Should().Contain("Correct user and password").And.NotContain(Password);
    }

    [Theory]
    [InlineData("AUTH", "535 you said {0}")]
    [InlineData("AUTH", "454 you said {0}")]
    public async Task A_password_that_the_server_repeats_is_not_passed_on(string at, string answer)
    {
        await using var server = new RudeSmtpServer(at, answer);

        var result = await SendAsync(server.Config(("user", "dkron"), ("password", Password)));

        result.Reason.Should().Contain("you said").And.Contain("***").And.NotContain("hunter2").And.NotContain(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"\0dkron\0{Password}")).TrimEnd('='));
    }

    [Theory]
    [InlineData("starttls")]
    [InlineData("tls")]
    public async Task A_server_with_a_certificate_of_a_stranger_gets_neither_login_nor_mail(string security)
    {
        await using var server = await MailServerProcess.StartAsync();
        using var stranger = new TestAuthority("somebody else");

        var result = await SendAsync(server.Config(security, ("ca_file", stranger.CaFile)));

        result.Kind.Should().Be(ProcessorResultKind.Fail);
        result.Reason.Should().Contain("was not trusted").And.Contain("Set ca_file").And.Contain(stranger.CaFile);
    }

    [Fact]
    public async Task A_server_with_a_certificate_for_another_name_gets_nothing()
    {
        await using var server = await MailServerProcess.StartAsync();

        var result = await SendAsync(server.Config("starttls", ("host", "127.0.0.1")));

        result.Kind.Should().Be(ProcessorResultKind.Fail);
        result.Reason.Should().Contain("was not trusted: its certificate is for other names (localhost)").And.Contain("host to a name in it (now 127.0.0.1)");
    }

    [Fact]
    public async Task Without_ca_file_the_authorities_of_the_system_decide()
    {
        await using var server = await MailServerProcess.StartAsync();

        var result = await SendAsync([.. server.Config().Where(option => option.Key != "ca_file")]);

        result.Kind.Should().Be(ProcessorResultKind.Fail);
        result.Reason.Should().Contain("was not trusted");
    }

    [Fact]
    public async Task A_server_without_STARTTLS_is_told_nothing_in_clear()
    {
        await using var server = new RudeSmtpServer("nothing", "");

        var result = await SendAsync(server.Config(("security", "starttls"), ("user", "dkron"), ("password", Password)));

        result.Kind.Should().Be(ProcessorResultKind.Fail);
        result.Reason.Should().Contain("offers no STARTTLS");
    }

    [Fact]
    public async Task Something_that_speaks_no_TLS_is_said_in_words()
    {
        await using var server = new RudeSmtpServer("nothing", "");

        var result = await SendAsync(server.Config(("security", "tls")));

        result.Kind.Should().Be(ProcessorResultKind.Retry);
        result.Reason.Should().Contain("could not agree on TLS").And.Contain("starttls is usual on 587");
    }

    [Fact]
    public async Task A_file_of_authorities_that_is_not_there_is_named()
    {
        var result = await SendAsync(("host", "127.0.0.1"), ("port", "1"), ("ca_file", "/nowhere.pem"), ("from", "a@example.com"), ("to", "b@example.com"));

        result.Kind.Should().Be(ProcessorResultKind.Fail);
        result.Reason.Should().Contain("ca_file: /nowhere.pem cannot be used");
    }

    [Fact]
    public async Task The_calls_own_cancellation_is_passed_on()
    {
        await using var server = new RudeSmtpServer("greeting", RudeSmtpServer.Silence);
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        var call = async () => await _processor.ProcessAsync(Notice.Failure(config: server.Config()), cancelled.Token);

        await call.Should().ThrowAsync<OperationCanceledException>();
    }

    private async Task<ProcessorResult> SendAsync(params (string Key, string Value)[] config) => await _processor.ProcessAsync(Notice.Failure(config: config), CancellationToken.None);
}

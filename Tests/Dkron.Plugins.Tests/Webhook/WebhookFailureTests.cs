using System.Globalization;
using System.Net.Sockets;
using Dkron.Abstractions;
using Dkron.Plugins.Tests.Syslog;
using Dkron.Processors.Webhook;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Plugins.Tests.Webhook;

public sealed class WebhookFailureTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly WebhookProcessor _processor;

    public WebhookFailureTests() => _processor = new WebhookProcessor(new CollectingLog(), TimeProvider.System, Notice.Plugin("webhook", _folder));

    public async ValueTask DisposeAsync()
    {
        await _processor.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(408, "", 0)]
    [InlineData(429, "7", 7)]
    [InlineData(500, "", 0)]
    [InlineData(503, "120", 120)]
    [InlineData(503, "-5", 0)]
    [InlineData(503, "99999999", 86400)]
    [InlineData(502, "nonsense", 0)]
    public async Task A_server_that_cannot_now_is_asked_again_when_it_says(int status, string retryAfter, int seconds)
    {
        await using var receiver = await Answering(status, "busy now", ("Retry-After", retryAfter));

        var result = await SendAsync(receiver.Config());

        (result.Kind, result.After).Should().Be((ProcessorResultKind.Retry, TimeSpan.FromSeconds(seconds)));
        result.Reason.Should().StartWith($"{receiver.Server} answered {status} ").And.EndWith(": busy now");
    }

    [Fact]
    public async Task A_date_to_come_back_at_is_understood()
    {
        var time = new FakeTimeProvider(Some.Start);
        await using var processor = new WebhookProcessor(new CollectingLog(), time, Notice.Plugin("webhook", _folder));
        await using var receiver = await Answering(503, "", ("Retry-After", Some.Start.AddMinutes(5).ToString("R", CultureInfo.InvariantCulture)));

        var result = await processor.ProcessAsync(Notice.Failure(config: receiver.Config()), CancellationToken.None);

        (result.Kind, result.After).Should().Be((ProcessorResultKind.Retry, TimeSpan.FromMinutes(5)));
    }

    [Theory]
    [InlineData(400, "invalid_payload", "answered 400 BadRequest: invalid_payload")]
    [InlineData(401, "", "answered 401 Unauthorized: correct headers or url.")]
    [InlineData(404, "no_service", "correct url: no_service")]
    [InlineData(413, "", "lower max_output_bytes")]
    [InlineData(418, "a\r\nb\u001b[2J", "answered 418 : a  b [2J")]
    public async Task A_server_that_refuses_is_told_with_what_it_said(int status, string body, string reason)
    {
        await using var receiver = await Answering(status, body);

        var result = await SendAsync(receiver.Config());

        result.Kind.Should().Be(ProcessorResultKind.Fail);
        result.Reason.Should().Contain(reason);
    }

    [Fact]
    public async Task Of_a_long_answer_only_the_beginning_is_told()
    {
        await using var receiver = await Answering(400, new string('x', 10_000_000));

        var result = await SendAsync(receiver.Config());

        result.Reason.Should().EndWith("x…");
        result.Reason.Length.Should().BeLessThan(500);
    }

    [Fact]
    public async Task A_server_that_is_down_is_asked_again()
    {
        var port = Rsyslog.FreePort(SocketType.Stream, ProtocolType.Tcp);

        var result = await SendAsync(("url", $"http://127.0.0.1:{port}/{HttpReceiver.Secret}"));

        result.Kind.Should().Be(ProcessorResultKind.Retry);
        result.Reason.Should().Be($"http://127.0.0.1:{port} cannot be reached: Connection refused. Start it, or correct url.");
    }

    [Fact]
    public async Task A_server_that_is_slow_is_asked_again()
    {
        await using var receiver = await HttpReceiver.StartAsync(http => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted));

        var result = await SendAsync(receiver.Config(("send_timeout", "300ms")));

        result.Kind.Should().Be(ProcessorResultKind.Retry);
        result.Reason.Should().Be($"{receiver.Server} did not answer within 0.3 s: see whether it runs and is not blocked, or raise send_timeout.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_is_cut_is_tried_again(bool tls)
    {
        await using var receiver = await HttpReceiver.StartAsync(http =>
        {
            http.Abort();
            return Task.CompletedTask;
        }, tls);

        var result = await SendAsync(receiver.Config());

        result.Kind.Should().Be(ProcessorResultKind.Retry);
        result.Reason.Should().Contain($"{receiver.Server} ended the connection before it had answered");
    }

    [Theory]
    [InlineData("stranger")]
    [InlineData("system")]
    [InlineData("name")]
    public async Task A_server_that_is_not_trusted_gets_nothing(string why)
    {
        using var stranger = new TestAuthority("somebody else");
        await using var receiver = await HttpReceiver.StartAsync(tls: true, name: why == "name" ? "other.test" : "localhost");

        var result = await SendAsync(why switch
        {
            "stranger" => receiver.Config(("ca_file", stranger.CaFile)),
            "system" => [("url", receiver.Url)],
            _ => receiver.Config(),
        });

        result.Kind.Should().Be(ProcessorResultKind.Fail, result.Reason);
        result.Reason.Should().Contain("was not trusted").And.Contain("Set ca_file").And.NotContain(HttpReceiver.Secret);
        receiver.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Something_that_speaks_no_TLS_is_said_in_words()
    {
        await using var receiver = await HttpReceiver.StartAsync();

        var result = await SendAsync(("url", receiver.Url.Replace("http:", "https:")));

        result.Kind.Should().Be(ProcessorResultKind.Retry);
        result.Reason.Should().Contain("could not agree on TLS").And.NotContain(HttpReceiver.Secret);
    }

    [Fact]
    public async Task A_file_of_authorities_that_is_not_there_is_named()
    {
        var result = await SendAsync(("url", "https://localhost:1/"), ("ca_file", "/nowhere.pem"));

        result.Kind.Should().Be(ProcessorResultKind.Fail);
        result.Reason.Should().Contain("ca_file: /nowhere.pem cannot be used");
    }

    [Fact]
    public async Task A_file_of_authorities_that_was_renewed_is_read_again()
    {
        using var stranger = new TestAuthority("somebody else");
        await using var receiver = await HttpReceiver.StartAsync(tls: true);
        var good = receiver.Config().Single(option => option.Key == "ca_file").Value;
        var file = _folder.At("ca.pem");
        File.Copy(stranger.CaFile, file);
        File.SetLastWriteTimeUtc(file, Some.Start.UtcDateTime);
        var before = await SendAsync(receiver.Config(("ca_file", file)));
        File.Copy(good, file, overwrite: true);

        var after = await SendAsync(receiver.Config(("ca_file", file)));

        (before.Kind, after.Kind).Should().Be((ProcessorResultKind.Fail, ProcessorResultKind.Unchanged), after.Reason);
    }

    [Fact]
    public async Task The_calls_own_cancellation_is_passed_on()
    {
        await using var receiver = await HttpReceiver.StartAsync(http => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted));
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        var call = async () => await _processor.ProcessAsync(Notice.Failure(config: receiver.Config()), cancelled.Token);

        await call.Should().ThrowAsync<OperationCanceledException>();
    }

    private static Task<HttpReceiver> Answering(int status, string body, params (string Name, string Value)[] headers) => HttpReceiver.StartAsync(async http =>
    {
        http.Response.StatusCode = status;
        foreach (var (name, value) in headers.Where(header => header.Value.Length > 0))
        {
            http.Response.Headers[name] = value;
        }

        await http.Response.WriteAsync(body, http.RequestAborted);
    });

    private async Task<ProcessorResult> SendAsync(params (string Key, string Value)[] config) => await _processor.ProcessAsync(Notice.Failure(config: config), CancellationToken.None);
}

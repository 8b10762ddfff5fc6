using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dkron.Abstractions;
using Dkron.Processors.Webhook;
using Microsoft.AspNetCore.Http;

namespace Dkron.Plugins.Tests.Webhook;

public sealed class WebhookDeliveryTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly WebhookProcessor _processor;

    public WebhookDeliveryTests() => _processor = new WebhookProcessor(new CollectingLog(), TimeProvider.System, Notice.Plugin("webhook", _folder));

    public async ValueTask DisposeAsync()
    {
        await _processor.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_execution_is_posted_as_JSON(bool tls)
    {
        await using var receiver = await HttpReceiver.StartAsync(tls: tls);

        var result = await SendAsync(Notice.Failure("\"quoted\" \\ \u0001 ž🚒\n", invocation: "1-web/0", config: receiver.Config()));

        result.Kind.Should().Be(ProcessorResultKind.Unchanged, result.Reason);
        var request = receiver.Requests.Should().ContainSingle().Subject;
        (request.Method, request.Path, request.Headers["Content-Type"], request.Headers["Idempotency-Key"]).Should()
            .Be(("POST", $"/services/{HttpReceiver.Secret}/hook?token={HttpReceiver.Secret}", "application/json; charset=utf-8", "1-web/0"));
        var json = request.Json;
        (Text(json, "job"), Text(json, "event"), Text(json, "status"), Text(json, "error"), Text(json, "output")).Should().Be(("nightly", "failure", "failed", "exited with 7", "\"quoted\" \\ \u0001 ž🚒\n"));
        (json.GetProperty("exit_code").GetInt32(), json.GetProperty("success").GetBoolean(), json.GetProperty("duration_seconds").GetDecimal()).Should().Be((7, false, 1.5m));
        (json.GetProperty("signal").ValueKind, json.GetProperty("previous_status").ValueKind).Should().Be((JsonValueKind.Null, JsonValueKind.Null));
    }

    [Fact]
    public async Task No_value_breaks_out_of_its_place_in_a_template()
    {
        const string Evil = "\", \"admin\": true, \"x\": \"{{job}} \\ \u2028\n";
        await using var receiver = await HttpReceiver.StartAsync();

        await SendAsync(Notice.Failure(Evil, error: Evil, config: receiver.Config(("body", """{ "a": ["{{output}}|{{error}}", 1.50, null], "b": { "c": "{{attempt:json}}" } }"""))));

        var json = receiver.Requests.Single().Json;
        json.EnumerateObject().Select(member => member.Name).Should().Equal("a", "b");
        json.GetProperty("a")[0].GetString().Should().Be($"{Evil}|{Evil}");
        receiver.Requests.Single().Text.Should().Contain(",1.50,null]").And.EndWith("""{"c":1}}""");
    }

    [Fact]
    public async Task What_is_signed_is_what_is_sent()
    {
        await using var receiver = await HttpReceiver.StartAsync();

        await SendAsync(Notice.Failure(config: receiver.Config(("secret", "key"), ("signature_header", "X-Hub-Signature-256"), ("method", "put"))));

        var request = receiver.Requests.Single();
        request.Method.Should().Be("PUT");
        var timestamp = request.Headers["X-Dkron-Timestamp"];
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes("key"), Encoding.UTF8.GetBytes($"{timestamp}.{request.Text}"));
        request.Headers["X-Hub-Signature-256"].Should().Be("sha256=" + Convert.ToHexStringLower(expected));
        DateTimeOffset.FromUnixTimeSeconds(long.Parse(timestamp, CultureInfo.InvariantCulture)).Should().BeCloseTo(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Headers_are_sent_as_they_are_given()
    {
        await using var receiver = await HttpReceiver.StartAsync();

        await SendAsync(Notice.Failure(config: receiver.Config(("headers", "Authorization: Bearer abc\n X-Team:ops \nContent-Type: application/cloudevents+json"))));

        var headers = receiver.Requests.Single().Headers;
        (headers["Authorization"], headers["X-Team"], headers["Content-Type"]).Should().Be(("Bearer abc", "ops", "application/cloudevents+json"));
        headers.Should().NotContainKey("X-Dkron-Signature").And.NotContainKey("traceparent");
    }

    [Fact]
    public async Task A_redirect_within_the_server_is_followed_with_method_and_body()
    {
        await using var receiver = await HttpReceiver.StartAsync(http =>
        {
            http.Response.StatusCode = http.Request.Path == "/new" ? 204 : 307;
            http.Response.Headers.Location = "/new";
            return Task.CompletedTask;
        });

        var result = await SendAsync(Notice.Failure(config: receiver.Config()));

        result.Kind.Should().Be(ProcessorResultKind.Unchanged, result.Reason);
        var requests = receiver.Requests.ToList();
        (requests[1].Path, requests[1].Method, requests[1].Text).Should().Be(("/new", "POST", requests[0].Text));
    }

    [Theory]
    [InlineData(307, false)]
    [InlineData(302, true)]
    public async Task A_redirect_to_elsewhere_or_to_GET_is_not_followed(int status, bool same)
    {
        await using var other = await HttpReceiver.StartAsync();
        await using var receiver = await HttpReceiver.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = same ? "/new" : other.Url.Replace("localhost", "127.0.0.1");
            return Task.CompletedTask;
        });

        var result = await SendAsync(Notice.Failure(config: receiver.Config()));

        result.Kind.Should().Be(ProcessorResultKind.Fail);
        result.Reason.Should().Contain($"answered {status}").And.Contain("redirect" + (same ? " that" : " to 127.0.0.1 that")).And.Contain("put the final address into url").And.NotContain(HttpReceiver.Secret);
        (receiver.Requests.Count, other.Requests.Count).Should().Be((1, 0));
    }

    [Fact]
    public async Task A_long_output_is_sent_from_its_end()
    {
        await using var receiver = await HttpReceiver.StartAsync();
        var output = string.Concat(Enumerable.Repeat("ž", 100_000)) + "end";

        await SendAsync(Notice.Failure(outputAs: Some.FileOutput(_folder.At("out"), Encoding.UTF8.GetBytes(output)), config: receiver.Config(("max_output_bytes", "100"))));

        var json = receiver.Requests.Single().Json;
        Text(json, "output").Should().Be($"[{200_003 - 99} bytes before this are left out]\n{new string('ž', 48)}end");
        (json.GetProperty("output_bytes").GetInt64(), json.GetProperty("output_left_out").GetInt64()).Should().Be((200_003, 200_003 - 99));
    }

    [Fact]
    public async Task An_answer_that_never_ends_is_delivered_all_the_same()
    {
        await using var receiver = await HttpReceiver.StartAsync(async http =>
        {
            await http.Response.WriteAsync("thanks", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
        });

        var result = await SendAsync(Notice.Failure(config: receiver.Config(("send_timeout", "2s"))));

        result.Kind.Should().Be(ProcessorResultKind.Unchanged, result.Reason);
    }

    [Theory]
    [InlineData(null, "FSS", "failure recovery success")]
    [InlineData("failure, recovery", "FSSF", "failure recovery failure")]
    [InlineData("change", "SFFS", "failure recovery")]
    public async Task It_is_sent_on_the_occasions_that_are_asked_for(string? on, string executions, string events)
    {
        await using var receiver = await HttpReceiver.StartAsync();
        var config = receiver.Config(on is null ? [] : [("on", on)]);

        foreach (var one in executions)
        {
            await SendAsync(one == 'F' ? Notice.Failure(config: config) : Notice.Success(config: config));
        }

        receiver.Requests.Select(request => Text(request.Json, "event")).Should().Equal(events.Split(' '));
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private async Task<ProcessorResult> SendAsync(ProcessorContext context) => await _processor.ProcessAsync(context, CancellationToken.None);
}

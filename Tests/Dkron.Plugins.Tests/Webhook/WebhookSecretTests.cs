using Dkron.Abstractions;
using Dkron.Plugins.Tests.Syslog;
using Dkron.Processors.Webhook;
using Microsoft.AspNetCore.Http;

namespace Dkron.Plugins.Tests.Webhook;

/// <summary>Address, key and headers are looked for in everything that the plugin gives away.</summary>
public sealed class WebhookSecretTests
{
    private const string Key = "signing-key-of-ours";
    private const string Token = "bearer-token-of-ours";

    [Fact]
    public async Task Half_a_secret_at_the_end_of_a_long_answer_is_not_shown_either()
    {
        using var folder = new TempFolder();
        const string Long = "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz";
        await using var receiver = await HttpReceiver.StartAsync(http =>
        {
            http.Response.StatusCode = 400;
            return http.Response.WriteAsync(string.Concat(Enumerable.Repeat(Long, 1000)), http.RequestAborted);
        });
        await using var processor = new WebhookProcessor(new CollectingLog(), TimeProvider.System, Notice.Plugin("webhook", folder));

        var result = await processor.ProcessAsync(Notice.Failure(config: receiver.Config(("secret", Long))), CancellationToken.None);

        result.Reason.Should().Contain("answered 400").And.Contain("***").And.NotContain("0123456789");
    }

    [Theory]
    [MemberData(nameof(RepeatedSecret.Forms), MemberType = typeof(RepeatedSecret))]
    public async Task A_secret_that_the_server_repeats_in_any_form_is_not_shown(string form)
    {
        using var folder = new TempFolder();
        await using var receiver = await HttpReceiver.StartAsync(http =>
        {
            http.Response.StatusCode = 400;
            return http.Response.WriteAsync($"you said [{RepeatedSecret.As(form)}]", http.RequestAborted);
        });
        await using var processor = new WebhookProcessor(new CollectingLog(), TimeProvider.System, Notice.Plugin("webhook", folder));

        var result = await processor.ProcessAsync(Notice.Failure(config: receiver.Config(("secret", RepeatedSecret.Text))), CancellationToken.None);

        result.Reason.Should().EndWith("answered 400 BadRequest: you said [***]");
    }

    [Fact]
    public async Task Half_a_secret_in_JSON_at_the_end_of_a_long_answer_is_not_shown_either()
    {
        using var folder = new TempFolder();
        var secret = string.Concat(Enumerable.Repeat("hunter+", 400));
        await using var receiver = await HttpReceiver.StartAsync(http =>
        {
            http.Response.StatusCode = 400;
            return http.Response.WriteAsync(RepeatedSecret.Json(secret), http.RequestAborted);
        });
        await using var processor = new WebhookProcessor(new CollectingLog(), TimeProvider.System, Notice.Plugin("webhook", folder));

        var result = await processor.ProcessAsync(Notice.Failure(config: receiver.Config(("secret", secret))), CancellationToken.None);

        result.Reason.Should().Contain("answered 400").And.NotContain("hunter");
    }

    [Fact]
    public async Task No_secret_is_in_a_result_a_log_or_a_file()
    {
        using var folder = new TempFolder();
        using var stranger = new TestAuthority("somebody else");
        await using var repeating = await HttpReceiver.StartAsync(http =>
        {
            http.Response.StatusCode = http.Request.Headers["X-Status"] == "500" ? 500 : 404;
            return http.Response.WriteAsync($"no route {http.Request.Path}{http.Request.QueryString} for {http.Request.Headers.Authorization} {Key}", http.RequestAborted);
        });
        await using var redirecting = await HttpReceiver.StartAsync(http =>
        {
            http.Response.Redirect($"https://elsewhere.example/{HttpReceiver.Secret}");
            return Task.CompletedTask;
        });
        await using var cutting = await HttpReceiver.StartAsync(http =>
        {
            http.Abort();
            return Task.CompletedTask;
        });
        await using var secure = await HttpReceiver.StartAsync(tls: true);
        var log = new CollectingLog();
        var given = new List<string>();
        await using (var processor = new WebhookProcessor(log, TimeProvider.System, Notice.Plugin("webhook", folder)))
        {
            (string, string)[] secrets = [("secret", Key), ("headers", $"Authorization: Bearer {Token}")];
            (string Key, string Value)[][] configs =
            [
                repeating.Config(secrets),
                repeating.Config([.. secrets, ("headers", $"Authorization: Bearer {Token}\nX-Status: 500")]),
                redirecting.Config(secrets),
                cutting.Config(secrets),
                secure.Config([.. secrets, ("ca_file", stranger.CaFile)]),
                [("url", $"http://127.0.0.1:1/{HttpReceiver.Secret}"), .. secrets],
                [("url", $"http://nowhere.invalid/{HttpReceiver.Secret}"), .. secrets],
            ];
            foreach (var config in configs)
            {
                var result = await processor.ProcessAsync(Notice.Failure(config: config), CancellationToken.None);
                result.Kind.Should().BeOneOf(ProcessorResultKind.Retry, ProcessorResultKind.Fail);
                given.AddRange([result.Reason, .. result.Tags.Keys, .. result.Tags.Values]);
                given.AddRange(processor.Validate(Some.Config([.. config, ("headers", $"A {Token}"), ("body", "x"), ("on", "y")])));
            }
        }

        given.AddRange(log.Entries.Select(entry => entry.Message));
        given.AddRange(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).Select(file => file + File.ReadAllText(file)));

        given.Should().HaveCountGreaterThan(20);
        given.Should().Contain(text => text.Contains("no route ***"));
        given.Should().NotContain(text => new[] { HttpReceiver.Secret, Key, Token }.Any(secret => text.Contains(secret, StringComparison.OrdinalIgnoreCase)));
    }
}

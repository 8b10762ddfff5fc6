using System.Text.Json;
using Dkron.Abstractions;
using Dkron.Processors.Webhook;
using Microsoft.AspNetCore.Http;

namespace Dkron.Plugins.Tests.Webhook;

public sealed class ChatTests : IAsyncDisposable
{
    private const string Evil = "```\n<!channel> @everyone **bold** <https://evil.example|click> &amp; \u001b[31m\n````";
    private readonly TempFolder _folder = new();
    private readonly WebhookProcessor _processor;

    public ChatTests() => _processor = new WebhookProcessor(new CollectingLog(), TimeProvider.System, Notice.Plugin("webhook", _folder));

    public async ValueTask DisposeAsync()
    {
        await _processor.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Slack_gets_a_line_and_a_block_of_code()
    {
        var json = await SendAsync("slack", Evil, "<!here> & <x>");

        var blocks = json.GetProperty("blocks");
        json.GetProperty("text").GetString().Should().Be("Nightly backup failed: &lt;!here&gt; &amp; &lt;x&gt; (web-1, 1.5 s)");
        blocks[0].GetProperty("text").GetProperty("type").GetString().Should().Be("plain_text");
        var block = blocks[1].GetProperty("text").GetProperty("text").GetString()!;
        block.Should().StartWith("```\n").And.EndWith("\n```").And.Contain("&lt;!channel&gt;").And.Contain("&amp;amp;").And.Contain("␛[31m").And.NotContain("<");
        Inside(block).Should().NotContain("``");
    }

    [Fact]
    public async Task Discord_gets_a_line_and_a_block_of_code_and_calls_nobody()
    {
        var json = await SendAsync("discord", Evil, "@everyone _x_ `y` [a](b)");

        json.GetProperty("content").GetString().Should().StartWith("Nightly backup failed\\: \\@everyone \\_x\\_ \\`y\\` \\[a\\]\\(b\\)");
        var embed = json.GetProperty("embeds")[0];
        embed.GetProperty("color").GetInt32().Should().Be(0xD32F2F);
        Inside(embed.GetProperty("description").GetString()!).Should().NotContain("``").And.Contain("@everyone **bold**");
        json.GetProperty("allowed_mentions").GetProperty("parse").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task Teams_gets_a_card_whose_texts_are_no_Markdown()
    {
        var json = await SendAsync("teams", Evil, "**x** [a](b)");

        var card = json.GetProperty("attachments")[0].GetProperty("content");
        card.GetProperty("type").GetString().Should().Be("AdaptiveCard");
        var body = card.GetProperty("body");
        (body[0].GetProperty("type").GetString(), body[0].GetProperty("inlines")[0].GetProperty("text").GetString()).Should().Be(("RichTextBlock", "Nightly backup failed: **x** [a](b) (web-1, 1.5 s)"));
        (body[1].GetProperty("type").GetString(), body[1].GetProperty("fallback").GetProperty("type").GetString()).Should().Be(("CodeBlock", "RichTextBlock"));
        body[1].GetProperty("codeSnippet").GetString().Should().Contain("<!channel>").And.NotContain("```");
    }

    [Theory]
    [InlineData("slack", "x")]
    [InlineData("slack", "<")]
    [InlineData("slack", "🚒")]
    [InlineData("slack", "`")]
    [InlineData("discord", "x")]
    [InlineData("discord", "*")]
    [InlineData("discord", "🚒")]
    [InlineData("teams", "x")]
    [InlineData("teams", "\"")]
    [InlineData("teams", "🚒")]
    public async Task No_message_is_longer_than_the_chat_takes(string preset, string character)
    {
        var much = string.Concat(Enumerable.Repeat(character, 20_000));

        var json = await SendAsync(preset, much + "\nthe end\n", much);

        // From the documentation of each: a text of a section, content and description, the whole message.
        var (texts, limits) = preset switch
        {
            "slack" => (new[] { json.GetProperty("blocks")[0].GetProperty("text").GetProperty("text"), json.GetProperty("blocks")[1].GetProperty("text").GetProperty("text") }, new[] { 3000, 3000 }),
            "discord" => ([json.GetProperty("content"), json.GetProperty("embeds")[0].GetProperty("description")], [2000, 4096]),
            _ => ([json], [28 * 1024]),
        };
        var lengths = preset == "teams" ? [JsonSerializer.Serialize(json).Length] : texts.Select(text => text.GetString()!.Length).ToArray();
        for (var i = 0; i < lengths.Length; i++)
        {
            lengths[i].Should().BeInRange(limits[i] / 2, limits[i]);
        }

        var shown = preset == "teams" ? json.GetProperty("attachments")[0].GetProperty("content").GetProperty("body")[1].GetProperty("codeSnippet").GetString() : Inside(texts[^1].GetString()!);
        shown.Should().Contain(" bytes before this are left out]\n").And.EndWith("\nthe end").And.NotContain("\uFFFD");
    }

    [Fact]
    public async Task Chats_are_told_of_failures_and_recoveries_only()
    {
        await using var receiver = await HttpReceiver.StartAsync();
        var config = receiver.Config(("preset", "slack"), ("text", "{{event}}"), ("max_output_bytes", "0"));

        foreach (var context in new[] { Notice.Success(config: config), Notice.Failure(config: config), Notice.Success(config: config), Notice.Success(config: config) })
        {
            await _processor.ProcessAsync(context, CancellationToken.None);
        }

        receiver.Requests.Select(request => request.Json.GetProperty("text").GetString()).Should().Equal("failure", "recovery");
        receiver.Requests.Should().OnlyContain(request => request.Json.GetProperty("blocks").GetArrayLength() == 1);
    }

    [Fact]
    public async Task An_answer_of_Teams_that_hides_a_refusal_is_no_delivery()
    {
        await using var receiver = await HttpReceiver.StartAsync(http => http.Response.WriteAsync("Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429", http.RequestAborted));

        var result = await _processor.ProcessAsync(Notice.Failure(config: receiver.Config(("preset", "teams"))), CancellationToken.None);

        result.Kind.Should().Be(ProcessorResultKind.Retry);
        result.Reason.Should().Contain("Teams refused it");
    }

    private static string Inside(string block) => block["```\n".Length..^"\n```".Length];

    private async Task<JsonElement> SendAsync(string preset, string output, string error)
    {
        await using var receiver = await HttpReceiver.StartAsync();
        var result = await _processor.ProcessAsync(Notice.Failure(output, error: error, config: receiver.Config(("preset", preset))), CancellationToken.None);
        result.Kind.Should().Be(ProcessorResultKind.Unchanged, result.Reason);
        return receiver.Requests.Single().Json;
    }
}

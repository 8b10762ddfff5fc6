using Dkron.Abstractions;
using Dkron.Processors.Webhook;

namespace Dkron.Plugins.Tests.Webhook;

/// <summary>What a step remembers of what it has told.</summary>
public sealed class WebhookNoticeTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CollectingLog _log = new();
    private readonly WebhookProcessor _processor;

    public WebhookNoticeTests() => _processor = new WebhookProcessor(_log, TimeProvider.System, Notice.Plugin("webhook", _folder));

    public async ValueTask DisposeAsync()
    {
        await _processor.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("failure", "recovery", "1 failure, 2 recovery")]
    [InlineData("change", "change", "1 failure, 2 failure, 1 recovery, 2 recovery")]
    public async Task Steps_with_the_same_receiver_do_not_use_up_each_others_notices(string first, string second, string told)
    {
        await using var receiver = await HttpReceiver.StartAsync();
        (string, string)[][] steps = [receiver.Config(("on", first), ("body", "\"1 {{event}}\"")), receiver.Config(("on", second), ("body", "\"2 {{event}}\""))];

        foreach (var config in steps)
        {
            await SendAsync(Notice.Failure(config: config));
        }

        foreach (var config in steps)
        {
            await SendAsync(Notice.Success(config: config));
        }

        receiver.Requests.Select(request => request.Json.GetString()).Should().Equal(told.Split(", "));
    }

    [Fact]
    public async Task Steps_that_differ_only_in_a_header_do_not_use_up_each_others_notices()
    {
        await using var receiver = await HttpReceiver.StartAsync();

        foreach (var room in (string[])["X-Room: a", "X-Room: b"])
        {
            await SendAsync(Notice.Failure(config: receiver.Config(("on", "change"), ("headers", room))));
        }

        receiver.Requests.Select(request => request.Headers["X-Room"]).Should().Equal("a", "b");
    }

    [Fact]
    public async Task A_step_that_was_moved_and_given_a_new_key_knows_what_it_has_told()
    {
        await using var receiver = await HttpReceiver.StartAsync();
        await SendAsync(Notice.Failure(invocation: "a/0", config: receiver.Config(("on", "recovery"), ("secret", "old key"))));

        await SendAsync(Notice.Success(invocation: "b/3", config: receiver.Config(("SECRET", "new key"), ("On", "recovery"), ("send_timeout", "20s"))));

        receiver.Requests.Single().Json.GetProperty("event").GetString().Should().Be("recovery");
    }

    [Fact]
    public async Task A_job_with_the_longest_name_is_remembered_and_not_taken_for_another()
    {
        await using var receiver = await HttpReceiver.StartAsync();
        var config = receiver.Config(("on", "change"));
        var name = new string('ž', 127); // with one more it is as long as a name may be, and longer than a file's name in bytes
        JobInfo first = new() { Name = name + "ž", DisplayName = "first" };
        JobInfo second = new() { Name = name + "y", DisplayName = "second" };

        foreach (var one in (JobInfo[])[first, second, first, second])
        {
            await SendAsync(Notice.Failure(job: one, config: config));
        }

        await SendAsync(Notice.Success(job: first, config: config));

        receiver.Requests.Select(request => request.Json.GetProperty("headline").GetString()).Should().Equal("first failed: exited with 7", "second failed: exited with 7", "first works again");
        _log.Entries.Should().BeEmpty();
    }

    [Fact]
    public async Task What_is_remembered_is_found_by_the_name_of_the_job()
    {
        await using var receiver = await HttpReceiver.StartAsync();

        await SendAsync(Notice.Failure(config: receiver.Config()));

        Directory.GetFiles(_folder.At("webhook")).Select(Path.GetFileName).Should().ContainSingle().Which.Should().MatchRegex("^nightly-[0-9a-f]+[.]state$");
    }

    private async Task SendAsync(ProcessorContext context) => (await _processor.ProcessAsync(context, CancellationToken.None)).Kind.Should().Be(ProcessorResultKind.Unchanged);
}

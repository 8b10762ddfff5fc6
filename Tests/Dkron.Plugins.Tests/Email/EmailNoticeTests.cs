using Dkron.Abstractions;
using Dkron.Processors.Email;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Plugins.Tests.Email;

/// <summary>Which executions make a mail, and how many may go out.</summary>
public sealed class EmailNoticeTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Some.Start);
    private EmailProcessor _processor;
    private MailServerProcess _server = null!;

    public EmailNoticeTests() => _processor = New();

    public async ValueTask InitializeAsync() => _server = await MailServerProcess.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _processor.DisposeAsync();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Theory]
    [InlineData(null, "FFSSFS", "failure failure recovery failure recovery")]
    [InlineData("failure", "FSF", "failure failure")]
    [InlineData("change", "FFSSF", "failure recovery failure")]
    [InlineData("success", "SFS", "success recovery")]
    [InlineData("always", "SaFS", "success attempt failure recovery")]
    [InlineData("Recovery", "aSFS", "recovery")]
    public async Task A_mail_goes_out_on_the_occasions_that_are_asked_for(string? on, string executions, string events)
    {
        var config = _server.Config(more: on is null ? [] : [("on", on)]);

        foreach (var one in executions)
        {
            await SendAsync(Execution(one, config));
        }

        var expected = events.Split(' ');
        (await _server.ReceivedAsync(expected.Length)).Select(mail => mail["X-Dkron-Event"]).Should().Equal(expected);
    }

    [Fact]
    public async Task A_success_after_a_failure_that_was_before_this_plugin_is_a_recovery()
    {
        await SendAsync(Notice.Success(previous: ExecutionStatus.Failed, config: _server.Config()));

        (await _server.ReceivedAsync(1))[0]["Subject"].Should().Be("[Dkron] Nightly backup works again");
    }

    [Fact]
    public async Task A_second_attempt_that_succeeds_is_no_recovery_when_nobody_was_told_of_a_failure()
    {
        await SendAsync(Execution('a', _server.Config()));
        await SendAsync(Notice.Success(attempt: 2, previous: ExecutionStatus.Failed, config: _server.Config()));
        await SendAsync(Notice.Failure(config: _server.Config()));

        (await _server.ReceivedAsync(1)).Select(mail => mail["X-Dkron-Event"]).Should().Equal("failure");
    }

    [Fact]
    public async Task A_recovery_is_told_also_after_a_restart()
    {
        await SendAsync(Notice.Failure(config: _server.Config()));
        await _processor.DisposeAsync();
        _processor = New();

        await SendAsync(Notice.Success(attempt: 2, config: _server.Config()));

        (await _server.ReceivedAsync(2))[1]["X-Dkron-Event"].Should().Be("recovery");
    }

    [Fact]
    public async Task A_recovery_that_could_not_be_mailed_is_mailed_by_its_repeat()
    {
        await SendAsync(Notice.Failure(config: _server.Config()));
        var down = await SendAsync(Notice.Success(invocation: "a/0", config: _server.Config(more: ("port", "1"))));

        await SendAsync(Notice.Success(invocation: "a/0", config: _server.Config()));

        down.Kind.Should().Be(ProcessorResultKind.Retry);
        (await _server.ReceivedAsync(2))[1]["X-Dkron-Event"].Should().Be("recovery");
    }

    [Fact]
    public async Task More_mails_than_allowed_are_held_back_counted_and_told_in_the_next()
    {
        var config = _server.Config(more: [("rate_limit", "2"), ("rate_period", "10m")]);

        for (var i = 0; i < 5; i++)
        {
            await SendAsync(Notice.Failure(config: config));
        }

        var last = await SendAsync(Notice.Failure(config: config));
        _time.Advance(TimeSpan.FromMinutes(11));
        await SendAsync(Notice.Failure(config: config));
        await SendAsync(Notice.Failure(config: config));

        last.Tags["held_back"].Should().Be("rate_limit is 2 in 00:10:00");
        var mails = await _server.ReceivedAsync(4);
        mails.Should().HaveCount(4);
        mails[1].Text.Should().NotContain("held back");
        mails[2].Text.Should().Contain("4 mails about this job were held back before this one: rate_limit is 2 in 00:10:00.");
        mails[3].Text.Should().NotContain("held back");
    }

    [Fact]
    public async Task Held_back_mails_are_counted_across_restarts_and_repeats_are_counted_once()
    {
        var config = _server.Config(more: [("rate_limit", "1"), ("rate_period", "10m")]);
        await SendAsync(Notice.Failure(invocation: "a/0", config: config));
        await SendAsync(Notice.Failure(invocation: "a/0", config: config));
        await SendAsync(Notice.Failure(invocation: "b/0", config: config));
        await _processor.DisposeAsync();
        _processor = New();
        await SendAsync(Notice.Failure(invocation: "b/0", config: config));
        _time.Advance(TimeSpan.FromMinutes(11));

        await SendAsync(Notice.Failure(invocation: "c/0", config: config));

        var mails = await _server.ReceivedAsync(3);
        mails[1]["Message-ID"].Should().Be(mails[0]["Message-ID"], "a repeat keeps the place it has");
        mails[2].Text.Should().Contain("1 mail about this job was held back");
    }

    [Fact]
    public async Task A_recovery_that_is_held_back_is_told_by_the_next_success()
    {
        var config = _server.Config(more: [("rate_limit", "1"), ("rate_period", "10m")]);
        await SendAsync(Notice.Failure(config: config));
        await SendAsync(Notice.Success(config: config));
        _time.Advance(TimeSpan.FromMinutes(11));

        await SendAsync(Notice.Success(config: config));

        (await _server.ReceivedAsync(2))[1]["X-Dkron-Event"].Should().Be("recovery");
    }

    [Fact]
    public async Task The_jobs_have_limits_of_their_own()
    {
        var config = _server.Config(more: ("rate_limit", "1"));

        await SendAsync(Notice.Failure(config: config));
        await SendAsync(Notice.Failure(job: new JobInfo { Name = "other", DisplayName = "other" }, config: config));

        (await _server.ReceivedAsync(2)).Select(mail => mail["X-Dkron-Job"]).Should().Equal("nightly", "other");
    }

    [Theory]
    [InlineData("failure", "recovery", "1 failure, 2 recovery")]
    [InlineData("change", "change", "1 failure, 2 failure, 1 recovery, 2 recovery")]
    public async Task Steps_with_the_same_receivers_do_not_use_up_each_others_notices(string first, string second, string told)
    {
        (string, string)[][] steps = [_server.Config(more: [("on", first), ("subject", "1 {{event}}")]), _server.Config(more: [("on", second), ("subject", "2 {{event}}")])];

        foreach (var config in steps)
        {
            await SendAsync(Notice.Failure(config: config));
        }

        foreach (var config in steps)
        {
            await SendAsync(Notice.Success(config: config));
        }

        var expected = told.Split(", ");
        (await _server.ReceivedAsync(expected.Length)).Select(mail => mail["Subject"]).Should().Equal(expected);
    }

    [Fact]
    public async Task A_step_that_was_moved_and_given_a_new_password_knows_what_it_has_told()
    {
        await using var server = new RudeSmtpServer("nothing", "");
        await SendAsync(Notice.Failure(invocation: "a/0", config: server.Config(("on", "recovery"), ("user", "dkron"), ("password", "old one"))));

        var result = await SendAsync(Notice.Success(invocation: "b/3", config: server.Config(("on", "recovery"), ("user", "dkron"), ("password", "new one"))));

        result.Tags.Should().ContainKey("message_id", "it is the recovery");
    }

    [Fact]
    public async Task The_steps_of_a_job_share_the_limit_of_their_receivers()
    {
        await SendAsync(Notice.Failure(config: _server.Config(more: [("rate_limit", "1"), ("subject", "1")])));

        var result = await SendAsync(Notice.Failure(config: [.. _server.Config(more: [("rate_limit", "1"), ("subject", "2")]).Where(option => option.Key != "to"), ("to", "OPS@example.com")]));

        result.Tags.Should().ContainKey("held_back");
    }

    [Fact]
    public async Task A_mail_that_could_not_go_out_keeps_no_place_from_the_next()
    {
        var down = await SendAsync(Notice.Failure(invocation: "a/0", config: _server.Config(more: [("rate_limit", "1"), ("port", "1")])));

        var next = await SendAsync(Notice.Failure(invocation: "b/0", config: _server.Config(more: ("rate_limit", "1"))));
        var repeat = await SendAsync(Notice.Failure(invocation: "a/0", config: _server.Config(more: ("rate_limit", "1"))));

        down.Kind.Should().Be(ProcessorResultKind.Retry);
        next.Tags.Should().ContainKey("message_id");
        repeat.Tags.Should().ContainKey("held_back", "it has to take a place as any other");
    }

    [Fact]
    public async Task A_mail_that_was_broken_off_keeps_no_place_from_the_next()
    {
        await using var silent = new RudeSmtpServer("greeting", RudeSmtpServer.Silence);
        using var cancelled = new CancellationTokenSource();
        var call = _processor.ProcessAsync(Notice.Failure(config: silent.Config(("rate_limit", "1"))), cancelled.Token).AsTask();
        await Eventually.TrueAsync("the server is asked", () => silent.Connections > 0);
        await cancelled.CancelAsync();
        await FluentActions.Awaiting(() => call).Should().ThrowAsync<OperationCanceledException>();

        var next = await SendAsync(Notice.Failure(config: _server.Config(more: ("rate_limit", "1"))));

        next.Tags.Should().ContainKey("message_id");
    }

    [Fact]
    public async Task A_mail_that_only_some_have_keeps_its_place_for_the_others()
    {
        var config = _server.Config(more: [("rate_limit", "1"), ("cc", "later@example.com")]);
        var some = await SendAsync(Notice.Failure(invocation: "a/0", config: config));

        var next = await SendAsync(Notice.Failure(invocation: "b/0", config: config));
        var repeat = await SendAsync(Notice.Failure(invocation: "a/0", config: config));

        some.Kind.Should().Be(ProcessorResultKind.Retry);
        next.Tags.Should().ContainKey("held_back");
        repeat.Tags.Should().ContainKey("message_id");
    }

    [Theory]
    [InlineData("nobody@example.com", 1)]
    [InlineData("never@example.com", 2)]
    public async Task A_receiver_who_is_refused_takes_neither_the_limit_nor_the_recovery_from_the_others(string refused, int tries)
    {
        var config = _server.Config(more: [("rate_limit", "1"), ("rate_period", "10m"), ("cc", refused)]);
        ProcessorResult? failure = null;
        for (var i = 0; i < tries; i++)
        {
            failure = await SendAsync(Notice.Failure(invocation: "a/0", config: config));
        }

        var second = await SendAsync(Notice.Failure(invocation: "b/0", config: config));
        _time.Advance(TimeSpan.FromMinutes(11));
        await SendAsync(Notice.Success(config: config));

        failure!.Kind.Should().Be(ProcessorResultKind.Fail, failure.Reason);
        second.Tags.Should().ContainKey("held_back");
        var mails = await _server.ReceivedAsync(2);
        mails.Select(mail => (mail.Receivers.Single(), mail["X-Dkron-Event"])).Should().Equal(("ops@example.com", "failure"), ("ops@example.com", "recovery"));
        mails[1].Text.Should().Contain("1 mail about this job was held back");
    }

    [Fact]
    public async Task A_receiver_who_is_refused_for_now_as_often_as_it_is_tried_does_not_take_the_recovery_from_the_others()
    {
        var config = _server.Config(more: ("cc", "later@example.com"));
        var failure = await SendAsync(Notice.Failure(config: config));

        await SendAsync(Notice.Success(attempt: 2, config: config));

        failure.Kind.Should().Be(ProcessorResultKind.Retry);
        (await _server.ReceivedAsync(2)).Select(mail => mail["X-Dkron-Event"]).Should().Equal("failure", "recovery");
    }

    [Fact]
    public async Task A_change_that_only_some_know_is_told_to_the_others_as_well_also_after_a_restart()
    {
        var config = _server.Config(more: [("on", "change"), ("cc", "later@example.com")]);
        await SendAsync(Notice.Failure(invocation: "a/0", config: config));
        await _processor.DisposeAsync();
        _processor = New();

        var repeat = await SendAsync(Notice.Failure(invocation: "a/0", config: config));
        await SendAsync(Notice.Failure(invocation: "b/0", config: config));
        await SendAsync(Notice.Success(attempt: 2, config: config));

        repeat.Tags.Should().ContainKey("message_id");
        (await _server.ReceivedAsync(3)).Select(mail => mail["X-Dkron-Event"]).Should().Equal("failure", "failure", "recovery");
    }

    [Fact]
    public async Task A_failure_that_reaches_some_only_after_the_recovery_does_not_keep_the_next_one_from_being_told()
    {
        var config = _server.Config(more: [("on", "change"), ("cc", "twice@example.com")]);
        await SendAsync(Notice.Failure(invocation: "a/0", minute: 1, config: config));
        await SendAsync(Notice.Success(invocation: "b/0", minute: 2, config: config));
        await SendAsync(Notice.Failure(invocation: "a/0", minute: 1, config: config));

        await SendAsync(Notice.Failure(invocation: "c/0", minute: 3, config: config));

        (await _server.ReceivedAsync(4)).Select(mail => (mail.Receivers[0], mail["X-Dkron-Event"])).Should().Equal(
            ("ops@example.com", "failure"), ("ops@example.com", "recovery"), ("twice@example.com", "failure"), ("ops@example.com", "failure"));
    }

    [Fact]
    public async Task What_all_receivers_refused_keeps_no_place_and_makes_no_recovery()
    {
        (string, string)[] config = [.. _server.Config(more: ("rate_limit", "1")).Where(option => option.Key != "to"), ("to", "nobody@example.com")];
        await SendAsync(Notice.Failure(config: config));

        var second = await SendAsync(Notice.Failure(config: config));
        var success = await SendAsync(Notice.Success(config: config));

        (second.Kind, success.Kind).Should().Be((ProcessorResultKind.Fail, ProcessorResultKind.Unchanged), "only a mail is refused");
    }

    [Fact]
    public async Task What_cannot_be_remembered_is_said_and_the_mail_goes_out()
    {
        var log = new CollectingLog();
        await using var processor = new EmailProcessor(log, _time, new PluginInfo { Name = "email", Version = "1", Generation = 1, Directory = "/", DataDirectory = "/proc/none" });

        var result = await processor.ProcessAsync(Notice.Failure(config: _server.Config()), CancellationToken.None);

        result.Kind.Should().Be(ProcessorResultKind.Unchanged, result.Reason);
        await _server.ReceivedAsync(1);
        log.Entries.Should().Contain(entry => entry.Level == PluginLogLevel.Warning && entry.Message.Contains("cannot be kept"));
    }

    private static ProcessorContext Execution(char kind, (string Key, string Value)[] config) => kind switch
    {
        'F' => Notice.Failure(config: config),
        'a' => Notice.Failure(final: false, config: config),
        _ => Notice.Success(config: config),
    };

    private EmailProcessor New() => new(new CollectingLog(), _time, Notice.Plugin("email", _folder));

    private async Task<ProcessorResult> SendAsync(ProcessorContext context) => await _processor.ProcessAsync(context, CancellationToken.None);
}

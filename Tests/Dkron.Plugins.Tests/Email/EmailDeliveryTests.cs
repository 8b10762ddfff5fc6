using Dkron.Abstractions;
using Dkron.Processors.Email;

namespace Dkron.Plugins.Tests.Email;

public sealed class EmailDeliveryTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly EmailProcessor _processor;
    private MailServerProcess _server = null!;

    public EmailDeliveryTests() => _processor = new EmailProcessor(new CollectingLog(), TimeProvider.System, Notice.Plugin("email", _folder));

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
    [InlineData("starttls")]
    [InlineData("tls")]
    public async Task A_failure_is_mailed_encrypted_and_logged_in(string security)
    {
        var result = await _processor.ProcessAsync(Notice.Failure(config: _server.Config(security)), CancellationToken.None);

        result.Kind.Should().Be(ProcessorResultKind.Unchanged, result.Reason);
        var mail = (await _server.ReceivedAsync(1)).Should().ContainSingle().Subject;
        (mail.Tls, mail.Login, mail.From).Should().Be((true, "dkron", "dkron@example.com"));
        mail.Defects.Should().BeEmpty();
        (mail["From"], mail["To"], mail["Subject"]).Should().Be(("Dkron <dkron@example.com>", "Ops <ops@example.com>", "[Dkron] Nightly backup failed: exited with 7"));
        (mail["X-Dkron-Job"], mail["X-Dkron-Node"], mail["X-Dkron-Status"], mail["X-Dkron-Event"], mail["Auto-Submitted"]).Should().Be(("nightly", "web-1", "failed", "failure", "auto-generated"));
        mail.Text.Should().Contain("Job:        nightly\n").And.Contain("Exit code:  7\n").And.Contain("Started:    2026-01-02T03:04:05.000Z\n").And.Contain("Duration:   1.5 s\n").And.EndWith("\n\nit broke\n");
        result.Tags["message_id"].Should().Be(mail["Message-ID"].Trim('<', '>'));
    }

    [Fact]
    public async Task A_repeat_has_the_same_message_id_and_another_execution_has_another()
    {
        var config = _server.Config();

        await _processor.ProcessAsync(Notice.Failure(invocation: "a/0", config: config), CancellationToken.None);
        await _processor.ProcessAsync(Notice.Failure(invocation: "a/0", config: config), CancellationToken.None);
        await _processor.ProcessAsync(Notice.Failure(invocation: "b/0", config: config), CancellationToken.None);

        var ids = (await _server.ReceivedAsync(3)).Select(mail => mail["Message-ID"]).ToList();
        ids[1].Should().Be(ids[0]).And.EndWith("@example.com>");
        ids[2].Should().NotBe(ids[0]);
    }

    [Fact]
    public async Task All_receivers_get_it_and_nobody_sees_the_blind_copies()
    {
        (string, string)[] config = [.. _server.Config().Where(option => option.Key != "to"), ("to", "a@example.com, \"Beh, B\" <b@example.com>"), ("cc", "c@example.com; a@example.com"), ("bcc", "hidden@example.com")];

        await _processor.ProcessAsync(Notice.Failure(config: config), CancellationToken.None);

        var mail = (await _server.ReceivedAsync(1))[0];
        mail.Receivers.Should().Equal("a@example.com", "b@example.com", "c@example.com", "hidden@example.com");
        mail.Raw.Should().NotContain("hidden");
        mail["To"].Should().Be("a@example.com, \"Beh, B\" <b@example.com>");
    }

    [Fact]
    public async Task Without_receivers_the_owner_of_the_job_gets_it()
    {
        await _processor.ProcessAsync(Notice.Failure(config: [.. _server.Config().Where(option => option.Key != "to")]), CancellationToken.None);

        (await _server.ReceivedAsync(1))[0].Receivers.Should().Equal("owner@example.com");
    }

    [Fact]
    public async Task Text_in_any_language_arrives_as_it_was()
    {
        const string Text = "žluťoučký kůň — 備份失敗 🚒";

        await _processor.ProcessAsync(Notice.Failure($"{Text}\n{new string('x', 5000)}\n.\nFrom here\n", displayName: Text, error: "rückwärts", config: _server.Config()), CancellationToken.None);

        var mail = (await _server.ReceivedAsync(1))[0];
        mail.Defects.Should().BeEmpty();
        mail["Subject"].Should().Be($"[Dkron] {Text} failed: rückwärts");
        mail.Text.Should().EndWith($"\n{Text}\n{new string('x', 5000)}\n.\nFrom here\n");
    }

    [Fact]
    public async Task No_value_becomes_a_header_or_controls_a_terminal()
    {
        const string Evil = "x\r\nBcc: evil@example.com\r\n\r\nbody\u2028Bcc: evil@example.com";

        await _processor.ProcessAsync(Notice.Failure("\u001b[2J\0\r\nBcc: evil@example.com\r\n", displayName: Evil, error: Evil, config: [.. _server.Config(), ("subject", "{{display_name}} {{error}} {{output}}")]), CancellationToken.None);

        var mail = (await _server.ReceivedAsync(1))[0];
        mail.Receivers.Should().Equal("ops@example.com");
        mail.Headers.Select(header => header.Name).Should().OnlyHaveUniqueItems().And.NotContain("Bcc");
        mail["Subject"].Should().StartWith("x Bcc: evil@example.com body Bcc: evil@example.com x Bcc:");
        mail.Text.Should().EndWith("␛[2J␀\nBcc: evil@example.com\n");
    }

    [Fact]
    public async Task A_long_output_is_mailed_from_its_end_and_says_what_is_missing()
    {
        var output = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i}\n"));

        await _processor.ProcessAsync(Notice.Failure(outputAs: Some.FileOutput(_folder.At("out"), System.Text.Encoding.UTF8.GetBytes(output)), config: [.. _server.Config(), ("max_output_bytes", "1KiB")]), CancellationToken.None);

        var text = (await _server.ReceivedAsync(1))[0].Text;
        text.Should().EndWith("line 19998\nline 19999\n").And.Contain($"[{output.Length - 1024} bytes before this are left out]\n");
        text.Length.Should().BeLessThan(2000);
    }

    [Fact]
    public async Task An_output_is_attached_when_it_is_asked_for()
    {
        await _processor.ProcessAsync(Notice.Failure("číslo\n", config: [.. _server.Config(), ("output", "attach")]), CancellationToken.None);

        var mail = (await _server.ReceivedAsync(1))[0];
        mail.Parts.Should().HaveCount(2);
        mail.Parts[1].Should().Be(("text/plain", "nightly-1767323045000000001-web-1.txt", "číslo\n"));
        mail.Text.Should().Contain("The output is attached as nightly-1767323045000000001-web-1.txt.").And.NotContain("číslo");
    }

    [Fact]
    public async Task An_output_is_left_out_when_it_is_asked_for()
    {
        await _processor.ProcessAsync(Notice.Failure("private\n", config: [.. _server.Config(), ("output", "none")]), CancellationToken.None);

        (await _server.ReceivedAsync(1))[0].Raw.Should().NotContain("private");
    }

    [Fact]
    public async Task Templates_are_filled_with_what_is_known()
    {
        (string, string)[] config = [.. _server.Config(), ("subject", "{{ job }} {{event}} {{tag.role}}{{metadata.none}}"), ("body", "{{owner}}/{{trigger}}/{{previous_status}}/{{output_bytes}}/{{success}}")];

        await _processor.ProcessAsync(Notice.Failure(previous: ExecutionStatus.TimedOut, config: config), CancellationToken.None);

        var mail = (await _server.ReceivedAsync(1))[0];
        mail["Subject"].Should().Be("nightly failure web");
        mail.Text.TrimEnd().Should().Be("ops/schedule/timed_out/9/false");
    }

    [Fact]
    public async Task A_receiver_who_is_refused_keeps_the_mail_from_nobody_else_and_is_told()
    {
        (string, string)[] config = [.. _server.Config(), ("cc", "nobody@example.com")];

        var result = await _processor.ProcessAsync(Notice.Failure(config: config), CancellationToken.None);

        (await _server.ReceivedAsync(1))[0].Receivers.Should().Equal("ops@example.com");
        result.Kind.Should().Be(ProcessorResultKind.Fail);
        result.Reason.Should().Contain("refused 1 of 2 receivers (nobody@example.com: 550 5.1.1 no such user)").And.Contain("Correct to, cc and bcc");
    }

    [Fact]
    public async Task A_receiver_who_is_refused_for_now_gets_it_with_the_repeat_and_the_others_only_once()
    {
        (string, string)[] config = [.. _server.Config(), ("cc", "later@example.com")];

        var first = await _processor.ProcessAsync(Notice.Failure(invocation: "a/0", config: config), CancellationToken.None);
        var second = await _processor.ProcessAsync(Notice.Failure(invocation: "a/0", config: config), CancellationToken.None);

        first.Kind.Should().Be(ProcessorResultKind.Retry);
        first.Reason.Should().Contain("later@example.com: 451");
        second.Kind.Should().Be(ProcessorResultKind.Unchanged, second.Reason);
        (await _server.ReceivedAsync(2)).Select(mail => mail.Receivers.Single()).Should().Equal("ops@example.com", "later@example.com");
    }

    [Fact]
    public async Task When_all_receivers_are_refused_nothing_is_sent_and_it_is_told()
    {
        (string, string)[] config = [.. _server.Config().Where(option => option.Key != "to"), ("to", "nobody@example.com")];

        var result = await _processor.ProcessAsync(Notice.Failure(config: config), CancellationToken.None);

        result.Kind.Should().Be(ProcessorResultKind.Fail);
        result.Reason.Should().Contain("refused 1 of 1 receivers (nobody@example.com: 550");
    }
}

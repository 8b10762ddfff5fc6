using Dkron.Abstractions;
using Dkron.Processors.Email;

namespace Dkron.Plugins.Tests.Email;

public sealed class EmailOptionsTests
{
    [Theory]
    [InlineData("to", "not an address", "to: 'not an address' is no list of addresses")]
    [InlineData("to", "a@example.com\r\nBcc: b@example.com", "to: holds a control character or a line break")]
    [InlineData("cc", " ", "cc: is blank")]
    [InlineData("from", "a@example.com, b@example.com", "from: holds more than one address")]
    [InlineData("from", "local", "from: 'local' is no list of addresses")]
    [InlineData("to", "team: a@example.com, b@example.com;", "to: 'team' is a group")]
    [InlineData("subject", "{{jbo}} failed", "subject: '{{jbo}}' is no field; there are headline, event, job,")]
    [InlineData("body", "{{job", "body: '{{' without '}}' after it")]
    [InlineData("on", "failure, never", "on: 'never' is none of failure, recovery, success, change, always")]
    [InlineData("on", " ", "on: is blank")]
    [InlineData("security", "ssl", "security: 'ssl' is none of starttls, tls, none")]
    [InlineData("user", "dkron", "user: and password belong together")]
    [InlineData("password", "hunter2", "user: and password belong together")]
    public void A_wrong_value_is_told(string key, string value, string problem)
    {
        var problems = Validate((key, value));

        problems.Should().ContainSingle().Which.Should().StartWith(problem).And.NotContain("hunter2");
    }

    [Fact]
    public void A_password_never_crosses_the_network_in_clear()
    {
        Validate(("security", "none"), ("user", "u"), ("password", "hunter2")).Should().ContainSingle().Which.Should().StartWith("password: would cross the network readable").And.NotContain("hunter2");
        Validate(("host", "localhost"), ("security", "none"), ("user", "u"), ("password", "hunter2")).Should().BeEmpty();
        Validate(("host", "127.0.0.1"), ("security", "none"), ("user", "u"), ("password", "hunter2")).Should().BeEmpty();
    }

    [Fact]
    public void What_is_usual_is_good()
    {
        Validate(("to", "a@example.com; Ž <b@example.com>"), ("cc", "c@example.com"), ("on", "failure,recovery"), ("user", "u"), ("password", "p")).Should().BeEmpty();
    }

    [Theory]
    [InlineData("", "to: is missing, and the job has no owner_email that could stand for it;")]
    [InlineData("nonsense here", "to: is missing, and the job's owner_email 'nonsense here' is no list of addresses")]
    public async Task Without_any_receiver_a_mail_is_no_use_trying_again(string owner, string problem)
    {
        using var folder = new TempFolder();
        await using var processor = new EmailProcessor(new CollectingLog(), TimeProvider.System, Notice.Plugin("email", folder));
        var job = new JobInfo { Name = "a", DisplayName = "a", OwnerEmail = owner };

        var result = await processor.ProcessAsync(Notice.Failure(job: job, config: [("host", "mx.example.com"), ("from", "a@example.com")]), CancellationToken.None);

        result.Kind.Should().Be(ProcessorResultKind.Fail);
        result.Reason.Should().StartWith(problem);
    }

    private static IReadOnlyList<string> Validate(params (string Key, string Value)[] more) =>
        EmailOptions.Validate(Some.Config([("host", "mx.example.com"), ("from", "Dkron <dkron@example.com>"), .. more]));
}

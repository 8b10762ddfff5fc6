using Dkron.Abstractions;
using Dkron.Plugins.Tests.Syslog;
using Dkron.Processors.Email;

namespace Dkron.Plugins.Tests.Email;

/// <summary>The password is looked for in everything that the plugin gives away.</summary>
public sealed class EmailSecretTests
{
    private const string Password = "hunter2 is/secret+";

    [Theory]
    [MemberData(nameof(RepeatedSecret.Forms), MemberType = typeof(RepeatedSecret))]
    public async Task A_password_that_the_server_repeats_in_any_form_is_not_shown(string form)
    {
        using var folder = new TempFolder();
        await using var server = new RudeSmtpServer("AUTH", $"535 you said [{RepeatedSecret.As(form)}]");
        await using var processor = new EmailProcessor(new CollectingLog(), TimeProvider.System, Notice.Plugin("email", folder));

        var result = await processor.ProcessAsync(Notice.Failure(config: server.Config(("user", "dkron"), ("password", RepeatedSecret.Text))), CancellationToken.None);

        result.Reason.Should().Contain("you said [***]");
    }

    [Fact]
    public async Task A_password_is_in_no_result_no_log_and_no_file()
    {
        using var folder = new TempFolder();
        using var stranger = new TestAuthority("somebody else");
        await using var server = await MailServerProcess.StartAsync();
        await using var repeating = new RudeSmtpServer("AUTH", "535 {0}");
        await using var cutting = new RudeSmtpServer("AUTH", RudeSmtpServer.Cut);
        await using var refusing = new RudeSmtpServer("RCPT", $"550 {Password}");
        var log = new CollectingLog();
        var given = new List<string>();
        await using (var processor = new EmailProcessor(log, TimeProvider.System, Notice.Plugin("email", folder)))
        {
            (string Key, string Value)[][] configs =
            [
                server.Config(more: ("password", Password)),
                server.Config(more: [("password", Password), ("ca_file", stranger.CaFile)]),
                server.Config(more: [("password", Password), ("host", "127.0.0.1")]),
                server.Config(more: [("password", Password), ("port", "1")]),
                .. new[] { repeating, cutting, refusing }.Select(rude => rude.Config(("user", "dkron"), ("password", Password))),
            ];
            foreach (var config in configs)
            {
                var result = await processor.ProcessAsync(Notice.Failure(config: config), CancellationToken.None);
                result.Kind.Should().BeOneOf(ProcessorResultKind.Retry, ProcessorResultKind.Fail);
                given.AddRange([result.Reason, .. result.Tags.Keys, .. result.Tags.Values]);
                given.AddRange(processor.Validate(Some.Config([.. config, ("to", "x"), ("subject", "{{x}}"), ("security", "y")])));
            }
        }

        given.AddRange(log.Entries.Select(entry => entry.Message));
        given.AddRange(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).Select(file => file + File.ReadAllText(file)));

        var forms = new[] { Password, "hunter2", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Password)), Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"\0dkron\0{Password}")) };
        given.Should().HaveCountGreaterThan(14);
        given.Should().NotContain(text => forms.Any(form => text.Contains(form.TrimEnd('='), StringComparison.OrdinalIgnoreCase)));
    }
}

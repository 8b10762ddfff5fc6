using Dkron.Abstractions;
using Dkron.Processors.Email;
using Dkron.Processors.Files;
using Dkron.Processors.Logging;
using Dkron.Processors.Syslog;
using Dkron.Processors.Webhook;

namespace Dkron.Plugins.Tests;

public sealed class OptionsTests
{
    private static readonly string[] Reserved = ["name", "forward", "when", "on_error", "timeout", "retries", "retry_backoff"];

    [Theory]
    [InlineData("log")]
    [InlineData("files")]
    [InlineData("syslog")]
    [InlineData("email")]
    [InlineData("webhook")]
    public void No_option_bears_a_name_that_the_host_reserves_and_every_default_is_valid(string plugin)
    {
        var declared = Declared(plugin);

        declared.Select(o => o.Name).Should().OnlyHaveUniqueItems().And.NotIntersectWith(Reserved);
        declared.Should().OnlyContain(o => o.Choices.Count == 0 || o.Choices.Contains(o.Default!));
    }

    private static IReadOnlyList<ProcessorOption> Declared(string plugin) => plugin switch
    {
        "log" => new LogProcessor().Options,
        "files" => FileSettings.Options,
        "email" => EmailOptions.All,
        "webhook" => WebhookOptions.All,
        _ => SyslogOptions.All,
    };
}

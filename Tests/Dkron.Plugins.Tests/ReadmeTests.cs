using System.Globalization;
using System.Reflection;
using Dkron.Abstractions;
using Dkron.Processors.Email;
using Dkron.Processors.Files;
using Dkron.Processors.Logging;
using Dkron.Processors.Syslog;
using Dkron.Processors.Webhook;

namespace Dkron.Plugins.Tests;

/// <summary>Each processor's page lists exactly the options that it declares.</summary>
public sealed class ReadmeTests
{
    private static readonly string[] Reserved = ["name", "forward", "when", "on_error", "timeout", "retries", "retry_backoff"]; // DESIGN.md 4

    [Theory]
    [InlineData("log")]
    [InlineData("files")]
    [InlineData("syslog")]
    [InlineData("email")]
    [InlineData("webhook")]
    public void The_table_of_options_is_what_the_processor_declares(string plugin)
    {
        var rows = File.ReadLines(Path.Combine(Root(), "Plugins", $"dkron-processor-{plugin}", "README.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal));

        rows.Should().Equal(Declared(plugin).Select(Row));
    }

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

    private static string Row(ProcessorOption option)
    {
        var range = (option.Minimum, option.Maximum) switch
        {
            (null, null) => "",
            (var least, null) => $", at least {Limit(option, least.Value)}",
            var (least, most) => $", {Limit(option, least!.Value)} to {Limit(option, most.Value)}",
        };
        var type = option.Choices.Count > 0 ? string.Join(' ', option.Choices.Select(c => $"`{c}`")) : option.Type.ToString().ToLowerInvariant() + range;
        return $"| `{option.Name}` | {type} | {(option.Default is null ? "" : $"`{option.Default}`")} | {option.Description} |";
    }

    private static string Limit(ProcessorOption option, long value) => option.Type is OptionType.Duration
        ? DurationText.Format(TimeSpan.FromMilliseconds(value))
        : value.ToString(CultureInfo.InvariantCulture);

    private static string Root()
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!);
        while (!File.Exists(Path.Combine(folder.FullName, "Dkron.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}

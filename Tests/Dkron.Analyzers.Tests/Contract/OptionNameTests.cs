using System.Text.RegularExpressions;

namespace Dkron.Analyzers.Tests.Contract;

public sealed partial class OptionNameTests : RuleTests
{
    private const string Rule = "DKRON011";

    [Theory]
    [InlineData("name")]
    [InlineData("forward")]
    [InlineData("when")]
    [InlineData("on_error")]
    [InlineData("timeout")]
    [InlineData("retries")]
    [InlineData("retry_backoff")]
    [InlineData("Timeout")]
    [InlineData("log-dir")]
    [InlineData("logDir")]
    [InlineData("")]
    public Task A_name_that_an_option_cannot_have_is_found(string name) =>
        HasAsync(Rule, WithOptions($"new() {{ Name = \"{name}\", Type = OptionType.Text, Description = \"It.\" }}"), $"\"{name}\"");

    [Fact]
    public async Task Every_key_that_the_host_reserves_is_known()
    {
        var host = await File.ReadAllTextAsync(Path.Combine(Repository.Folder, "Dkron.Host", "Jobs", "Reading", "ReservedKeys.cs"), TestContext.Current.CancellationToken);
        var reserved = Key().Matches(host).Select(match => match.Groups[1].Value).ToList();

        var findings = await PluginCode.FindingsAsync(WithOptions(string.Join(", ", reserved.Select(key => $"new() {{ Name = \"{key}\", Type = OptionType.Text, Description = \"It.\" }}"))));

        reserved.Should().HaveCountGreaterThan(6);
        findings.Select(finding => finding.Code.Trim('"')).Should().Equal(reserved);
    }

    [Fact]
    public Task Names_in_constants_copies_and_own_methods_are_found() =>
        HasAsync(
            Rule,
            WithOptions("new() { Name = Key, Type = OptionType.Text, Description = \"It.\" }, Text(\"when\"), Text(\"url\") with { Name = \"retries\" }", "private const string Key = \"time\" + \"out\"; private static ProcessorOption Text(string name) => new() { Name = name, Type = OptionType.Text, Description = \"It.\" };"),
            "Key",
            "\"when\"",
            "\"retries\"");

    [Theory]
    [InlineData("send_timeout")]
    [InlineData("url2")]
    [InlineData("retry")]
    [InlineData("_")]
    public Task Every_other_name_is_all_right(string name) => HasNothingAsync(WithOptions($"new() {{ Name = \"{name}\", Type = OptionType.Text, Description = \"timeout\" }}"));

    [Fact]
    public Task Names_of_other_things_are_all_right() =>
        HasNothingAsync(WithOptions("", "public object Other => new JobInfo { Name = \"timeout\", DisplayName = \"timeout\" }; private static string Quote(string name) => name; public string When => Quote(\"when\");"));

    [GeneratedRegex("\"([a-z_]+)\"")]
    private static partial Regex Key();

    private static string WithOptions(string options, string members = "") =>
        PluginCode.Processor("", $"public IReadOnlyList<ProcessorOption> Options {{ get; }} = [{options}]; {members}").Replace(": IExecutionProcessor", ": IExecutionProcessor, IDeclareOptions", StringComparison.Ordinal);
}

namespace Dkron.Analyzers.Tests.Contract;

public sealed class OptionNameTests : RuleTests
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

    private static string WithOptions(string options, string members = "") =>
        PluginCode.Processor("", $"public IReadOnlyList<ProcessorOption> Options {{ get; }} = [{options}]; {members}").Replace(": IExecutionProcessor", ": IExecutionProcessor, IDeclareOptions", StringComparison.Ordinal);
}

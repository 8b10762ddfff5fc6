namespace Dkron.Analyzers.Tests.Contract;

public sealed class ConstructorTests : RuleTests
{
    private const string Rule = "DKRON012";

    [Theory]
    [InlineData("public SampleProcessor(HttpClient client) => _ = client;", "its constructor asks for 'HttpClient client'")]
    [InlineData("public SampleProcessor(IPluginLog log, string folder) => _ = folder;", "its constructor asks for 'String folder'")]
    [InlineData("internal SampleProcessor() { }", "it has no public constructor")]
    public async Task A_constructor_that_the_host_cannot_call_is_found(string constructor, string reason)
    {
        var findings = await PluginCode.FindingsAsync(PluginCode.Processor("", constructor));

        findings.Should().ContainSingle().Which.Should().Match<Finding>(finding => finding.Id == Rule && finding.Code == "SampleProcessor" && finding.Message.Contains(reason));
    }

    [Theory]
    [InlineData("")]
    [InlineData("public SampleProcessor(IPluginLog log, TimeProvider time, PluginInfo plugin) { }")]
    [InlineData("public SampleProcessor(IPluginLog? log = null, int number = 1) { }")]
    [InlineData("public SampleProcessor() : this(\"\") { } internal SampleProcessor(string folder) => _ = folder;")]
    [InlineData("public SampleProcessor(TimeProvider time) { } public SampleProcessor(string folder) => _ = folder;")]
    public Task One_that_it_can_call_is_enough(string constructors) => HasNothingAsync(PluginCode.Processor("", constructors));
}

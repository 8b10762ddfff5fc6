namespace Dkron.Analyzers.Tests.Contract;

public sealed class AssemblyNameTests : RuleTests
{
    private static readonly string Source = PluginCode.Processor("");

    [Theory]
    [InlineData("Sample")]
    [InlineData("Dkron-Processor-Sample")]
    [InlineData("dkron-processor-Sample")]
    [InlineData("dkron-processor-")]
    [InlineData("dkron-processor-_a")]
    [InlineData("dkron-processor-a.b")]
    [InlineData("dkron-processor-a2345678901234567890123456789012345678901234567890123456789012345")]
    [InlineData("dkron-executor-sample")]
    public async Task An_assembly_that_no_host_would_find_is_found(string name)
    {
        var findings = await PluginCode.FindingsAsync(Source, name);

        findings.Should().ContainSingle().Which.Should().Match<Finding>(finding => finding.Id == "DKRON009" && finding.Code == "SampleProcessor" && finding.Message.Contains($"'{name}'"));
    }

    [Theory]
    [InlineData("dkron-processor-a")]
    [InlineData("dkron-processor-9-lives_b")]
    [InlineData("dkron-processor-a234567890123456789012345678901234567890123456789012345678901234")]
    public async Task A_name_that_the_host_takes_is_all_right(string name)
    {
        var findings = await PluginCode.FindingsAsync(Source, name);

        findings.Should().BeEmpty();
    }

    [Fact]
    public async Task A_library_of_base_classes_needs_no_such_name()
    {
        var findings = await PluginCode.FindingsAsync(Source.Replace("sealed", "abstract", StringComparison.Ordinal), "Company.Processors");

        findings.Should().BeEmpty();
    }
}

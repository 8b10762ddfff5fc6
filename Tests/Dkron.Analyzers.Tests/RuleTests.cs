namespace Dkron.Analyzers.Tests;

/// <summary>What the tests of all rules do.</summary>
public abstract class RuleTests
{
    /// <summary>The code has the problem, in these places, and no other.</summary>
    private protected static async Task HasAsync(string id, string source, params string[] places)
    {
        var findings = await PluginCode.FindingsAsync(source);

        findings.Should().OnlyContain(finding => finding.Id == id).And.NotBeEmpty();
        findings.Select(finding => finding.Code).Should().Equal(places);
    }

    /// <summary>No rule says anything about the code.</summary>
    private protected static async Task HasNothingAsync(string source)
    {
        var findings = await PluginCode.FindingsAsync(source);

        findings.Should().BeEmpty();
    }
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Dkron.Analyzers.Tests.Fixes;

/// <summary>What the tests of all fixes do.</summary>
public abstract class FixTests
{
    /// <summary>The fixes make one code of another, in which no rule finds anything any more.</summary>
    private protected static async Task BecomesAsync(string before, string after)
    {
        var found = await PluginCode.FindingsAsync(before);

        var @fixed = await FixApplier.FixAsync(before);

        found.Should().NotBeEmpty();
        Form(@fixed).Should().Be(Form(after));
        (await PluginCode.FindingsAsync(@fixed)).Should().BeEmpty();
    }

    /// <summary>A rule finds something, but there is no fix that would be safe.</summary>
    private protected static async Task StaysAsync(string source)
    {
        var found = await PluginCode.FindingsAsync(source);

        var @fixed = await FixApplier.FixAsync(source);

        found.Should().NotBeEmpty();
        @fixed.Should().Be(source);
    }

    private static string Form(string source) => CSharpSyntaxTree.ParseText(source, PluginCode.ParseOptions).GetRoot().NormalizeWhitespace().ToFullString();
}

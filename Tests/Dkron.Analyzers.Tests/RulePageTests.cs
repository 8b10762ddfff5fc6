using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace Dkron.Analyzers.Tests;

/// <summary>What a rule's page shows as wrong is found, and what it shows as right is not.</summary>
public sealed partial class RulePageTests
{
    private static readonly IReadOnlyList<DiagnosticDescriptor> Rules = [.. PluginCode.Analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).DistinctBy(rule => rule.Id).OrderBy(rule => rule.Id, StringComparer.Ordinal)];

    public static TheoryData<string> Ids => [.. Rules.Select(rule => rule.Id)];

    [Fact]
    public void Every_page_is_that_of_a_rule()
    {
        var pages = Directory.EnumerateFiles(Repository.Pages, "DKRON*.md").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

        pages.Should().Equal(Rules.Select(rule => rule.Id)).And.HaveCount(13);
    }

    [Fact]
    public async Task The_list_of_rules_is_that_of_the_analyzers()
    {
        var rows = await File.ReadAllLinesAsync(Path.Combine(Repository.Pages, "README.md"), TestContext.Current.CancellationToken);

        var fixable = FixApplier.Providers.SelectMany(provider => provider.FixableDiagnosticIds).ToHashSet();
        rows.Where(row => row.StartsWith("| [", StringComparison.Ordinal)).Should().Equal(Rules.Select(rule =>
            $"| [{rule.Id}]({rule.Id}.md) | {rule.Title} | {(rule.DefaultSeverity == DiagnosticSeverity.Error ? "error" : "warning")} | {(fixable.Contains(rule.Id) ? "yes " : "")}|"));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task What_is_wrong_on_the_page_is_found_and_what_is_right_is_not(string id)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Pages, id + ".md"), TestContext.Current.CancellationToken);
        var rule = Rules.Single(candidate => candidate.Id == id);

        page.Should().StartWith($"# {id}: {rule.Title}\n");
        rule.HelpLinkUri.Should().EndWith($"/{id}.md");
        var (wrong, right) = (Examples(page, "Wrong"), Examples(page, "Right"));
        foreach (var (code, name) in wrong)
        {
            (await PluginCode.FindingsAsync(code, name)).Should().NotBeEmpty().And.OnlyContain(finding => finding.Id == id);
        }

        foreach (var (code, name) in right)
        {
            (await PluginCode.FindingsAsync(code, name)).Should().BeEmpty();
        }

        wrong.Should().NotBeEmpty();
        right.Should().NotBeEmpty();
    }

    private static List<(string Code, string Name)> Examples(string page, string heading)
    {
        var begin = page.IndexOf($"\n## {heading}\n", StringComparison.Ordinal);
        begin.Should().BePositive($"the page has a part '{heading}'");
        var end = page.IndexOf("\n## ", begin + 1, StringComparison.Ordinal);
        var part = end < 0 ? page[begin..] : page[begin..end];
        var name = Block().Matches(part).Where(match => match.Groups["language"].Value == "xml").Select(match => XDocument.Parse(match.Groups["code"].Value).Descendants("AssemblyName").Single().Value).FirstOrDefault(PluginCode.Name);
        return [.. Block().Matches(part).Where(match => match.Groups["language"].Value == "csharp").Select(match => (match.Groups["code"].Value, name))];
    }

    [GeneratedRegex("^```(?<language>[a-z]+)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}

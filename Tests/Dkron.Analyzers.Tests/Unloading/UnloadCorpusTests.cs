using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dkron.Analyzers.Tests.Unloading;

/// <summary>What was measured to keep a replaced version in memory is found at build time, and what was measured not to is left alone.</summary>
public sealed class UnloadCorpusTests
{
    // Of DKRON001 the corpus says that it leaves memory with help; the others are about what stays.
    private static readonly string[] AboutStaying = ["DKRON002", "DKRON003", "DKRON004", "DKRON013"];

    /// <summary>Stays, and no rule knows it yet: only the page for authors says so. One that is found comes off this list.</summary>
    private static readonly string[] NotFound =
    [
        "`CancelAfter`, or a source with a timeout, not disposed",
        "a source linked to a token that lives long, not disposed",
        "`Process.Exited`",
        "`Trace.Listeners`",
        "`ActivityListener`",
        "`DiagnosticListener`",
        "`ConditionalWeakTable` with a key that outlives it",
        "`DispatchProxy`",
    ];

    public static TheoryData<string, bool, string, string> Rows
    {
        get
        {
            var corpus = CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(Repository.Folder, "Tests", "Dkron.Host.Tests", "Plugins", "UnloadCorpus.cs")));
            var data = new TheoryData<string, bool, string, string>();
            foreach (var row in corpus.GetRoot().DescendantNodes().OfType<ImplicitObjectCreationExpressionSyntax>().Where(row => row is { Initializer: null, ArgumentList.Arguments.Count: 4 or 5 }))
            {
                data.Add(Text(row, 0), row.ArgumentList.Arguments[1].Expression.IsKind(SyntaxKind.TrueLiteralExpression), Text(row, 3), Text(row, 4));
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task What_stays_in_memory_is_found_and_what_leaves_is_not(string what, bool unloads, string statement, string members)
    {
        var source = $$"""
            using System.Reflection;
            public sealed class SampleProcessor : IExecutionProcessor
            {
                public ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken) => new(ProcessorResult.WithOutput(Do(context, cancellationToken)));
                static string Do(ProcessorContext context, CancellationToken cancellationToken) { {{statement}} return "done"; }
                {{members}}
                public class Own { public string Text { get; set; } = "own"; }
                public enum Colour { Red }
                class OwnException : Exception { }
            }
            """;

        var findings = await PluginCode.FindingsAsync(source);

        if (unloads)
        {
            findings.Should().NotContain(finding => AboutStaying.Contains(finding.Id), what);
        }
        else
        {
            findings.Any().Should().Be(!NotFound.Contains(what), what);
        }
    }

    private static string Text(ImplicitObjectCreationExpressionSyntax row, int index) => row.ArgumentList.Arguments.ElementAtOrDefault(index)?.Expression switch
    {
        null => "",
        LiteralExpressionSyntax literal => literal.Token.ValueText,
        InterpolatedStringExpressionSyntax text => string.Concat(text.Contents.Select(part => part is InterpolatedStringTextSyntax plain ? plain.TextToken.ValueText : "name")),
        var other => throw new InvalidOperationException($"the corpus has a text in a form that is not read here: {other}"),
    };
}

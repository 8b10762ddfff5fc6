using System.Reflection;
using Dkron.Abstractions.CodeFixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Dkron.Analyzers.Tests;

/// <summary>Does what an editor does when its user takes each fix that is offered.</summary>
internal static class FixApplier
{
    private const int MostFixes = 10;

    public static readonly IReadOnlyList<CodeFixProvider> Providers =
    [
        .. typeof(SyntaxFix).Assembly.GetTypes().Where(type => type.GetCustomAttribute<ExportCodeFixProviderAttribute>() is not null).Select(type => (CodeFixProvider)Activator.CreateInstance(type)!),
    ];

    /// <summary>The source after all fixes that are offered for it.</summary>
    public static async Task<string> FixAsync(string source)
    {
        using var workspace = new AdhocWorkspace();
        var project = workspace.CurrentSolution
            .AddProject(ProjectInfo.Create(ProjectId.CreateNewId(), VersionStamp.Default, PluginCode.Name, PluginCode.Name, LanguageNames.CSharp, compilationOptions: PluginCode.Library, parseOptions: PluginCode.ParseOptions, metadataReferences: PluginCode.References))
            .Projects.Single();
        var document = project.AddDocument("Usings.cs", PluginCode.Usings).Project.AddDocument("Sample.cs", source);
        for (var i = 0; i < MostFixes; i++)
        {
            if (await NextAsync(document) is not { } changed)
            {
                break;
            }

            document = changed;
        }

        return (await document.GetTextAsync(TestContext.Current.CancellationToken)).ToString();
    }

    private static async Task<Document?> NextAsync(Document document)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var compilation = await document.Project.GetCompilationAsync(cancellationToken);
        var diagnostics = await compilation!.WithAnalyzers(PluginCode.Analyzers, new AnalyzerOptions([])).GetAnalyzerDiagnosticsAsync(cancellationToken);
        foreach (var diagnostic in diagnostics.Where(diagnostic => diagnostic.Location.IsInSource))
        {
            var actions = new List<CodeAction>();
            foreach (var provider in Providers.Where(provider => provider.FixableDiagnosticIds.Contains(diagnostic.Id)))
            {
                await provider.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), cancellationToken));
            }

            if (actions is [var first, ..])
            {
                var operations = await first.GetOperationsAsync(cancellationToken);
                return operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetDocument(document.Id);
            }
        }

        return null;
    }
}

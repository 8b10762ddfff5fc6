using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Dkron.Abstractions.Analyzers.Contract;

/// <summary>Finds plugins with none or more than one class that the host could take.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class OneProcessorAnalyzer : PluginAnalyzer
{
    private const string Title = "A plugin has exactly one public, concrete processor";

    private static readonly DiagnosticDescriptor Several = new(
        RuleIds.OneProcessor,
        Title,
        "The host refuses a plugin with {0} public classes that implement IExecutionProcessor ({1}), since it has no way to choose; make the others internal or abstract, or plugins of their own",
        RuleCategories.Contract,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: RulePage.Of(RuleIds.OneProcessor));

    private static readonly DiagnosticDescriptor Unusable = new(
        RuleIds.OneProcessor,
        Title,
        "The host does not take '{0}' as the plugin's processor, since it {1}; the class that implements IExecutionProcessor is public, concrete and not generic",
        RuleCategories.Contract,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: RulePage.Of(RuleIds.OneProcessor));

    private static readonly DiagnosticDescriptor None = new(
        RuleIds.OneProcessor,
        Title,
        "The host refuses '{0}', since no class of it implements IExecutionProcessor; add a public one",
        RuleCategories.Contract,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: RulePage.Of(RuleIds.OneProcessor),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Several, Unusable, None);

    protected override void Register(CompilationStartAnalysisContext context, PluginProject plugin)
    {
        var usable = plugin.Implementations.Where(ProcessorClass.IsUsable).ToImmutableArray();
        if (plugin.Implementations.IsEmpty)
        {
            context.RegisterCompilationEndAction(end => end.ReportDiagnostic(Diagnostic.Create(None, Location.None, end.Compilation.AssemblyName)));
        }
        else if (usable.Length > 1)
        {
            var names = string.Join(", ", usable.Select(type => type.Name).OrderBy(name => name, StringComparer.Ordinal));
            Report(context, type => usable.Contains(type, SymbolEqualityComparer.Default) ? Diagnostic.Create(Several, type.Locations[0], usable.Length, names) : null);
        }
        else if (usable.IsEmpty && plugin.IsNamedLikePlugin)
        {
            Report(context, type => plugin.Implements(type) && ProcessorClass.Obstacle(type) is { } obstacle ? Diagnostic.Create(Unusable, type.Locations[0], FixHints.Of(FixHints.Obstacle, obstacle), type.Name, obstacle) : null);
        }
    }

    private static void Report(CompilationStartAnalysisContext context, Func<INamedTypeSymbol, Diagnostic?> find) => context.RegisterSymbolAction(
        symbol =>
        {
            if (find((INamedTypeSymbol)symbol.Symbol) is { } diagnostic)
            {
                symbol.ReportDiagnostic(diagnostic);
            }
        },
        SymbolKind.NamedType);
}

using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Dkron.Abstractions.Analyzers.Contract;

/// <summary>Finds processors whose every constructor asks for something that the host does not offer.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class ConstructorAnalyzer : PluginAnalyzer
{
    private static readonly ImmutableHashSet<string> Offered = ImmutableHashSet.Create("Dkron.Abstractions.IPluginLog", "Dkron.Abstractions.PluginInfo", "System.TimeProvider");

    private static readonly DiagnosticDescriptor Rule = new(
        RuleIds.Constructor,
        "A processor's constructor asks for what the host offers",
        "The host cannot make a '{0}', since {1}; a public constructor may ask for IPluginLog, TimeProvider and PluginInfo, and makes the rest itself",
        RuleCategories.Contract,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: RulePage.Of(RuleIds.Constructor));

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    protected override void Register(CompilationStartAnalysisContext context, PluginProject plugin) => context.RegisterSymbolAction(
        symbol =>
        {
            var type = (INamedTypeSymbol)symbol.Symbol;
            if (plugin.Implements(type) && ProcessorClass.IsUsable(type) && Obstacle(type) is { } obstacle)
            {
                symbol.ReportDiagnostic(Diagnostic.Create(Rule, type.Locations[0], type.Name, obstacle));
            }
        },
        SymbolKind.NamedType);

    private static string? Obstacle(INamedTypeSymbol type)
    {
        string? obstacle = "it has no public constructor";
        foreach (var constructor in type.InstanceConstructors.Where(constructor => constructor.DeclaredAccessibility == Accessibility.Public))
        {
            if (constructor.Parameters.FirstOrDefault(parameter => !IsOffered(parameter)) is not { } foreign)
            {
                return null;
            }

            obstacle = $"its constructor asks for '{foreign.Type.Name} {foreign.Name}'";
        }

        return obstacle;
    }

    private static bool IsOffered(IParameterSymbol parameter) =>
        parameter.HasExplicitDefaultValue
        || Offered.Contains(parameter.Type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToDisplayString())
        || parameter.Type is INamedTypeSymbol { Name: "IServiceProvider", ContainingNamespace.Name: "System" };
}

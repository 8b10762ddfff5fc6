using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Dkron.Abstractions.Analyzers.Contract;

/// <summary>Finds processors in an assembly under whose name no host looks for one.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class AssemblyNameAnalyzer : PluginAnalyzer
{
    private const int MaxNameLength = 64;

    private static readonly DiagnosticDescriptor Rule = new(
        RuleIds.AssemblyName,
        "A plugin's assembly is named dkron-processor-NAME",
        "The host does not find '{0}' in the assembly '{1}': a plugin's assembly is named dkron-processor-NAME, and NAME begins with a lower-case letter or a digit, goes on with those, _ and -, and has at most 64 characters; name the project so, or set AssemblyName",
        RuleCategories.Contract,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: RulePage.Of(RuleIds.AssemblyName));

    private static readonly Regex Name = new(@"\A[a-z0-9][a-z0-9_-]*\z", RegexOptions.CultureInvariant);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    protected override void Register(CompilationStartAnalysisContext context, PluginProject plugin)
    {
        var assembly = context.Compilation.AssemblyName ?? "";
        if (IsRight(assembly))
        {
            return;
        }

        context.RegisterSymbolAction(
            symbol =>
            {
                var type = (INamedTypeSymbol)symbol.Symbol;
                if (plugin.Implements(type) && ProcessorClass.IsUsable(type))
                {
                    symbol.ReportDiagnostic(Diagnostic.Create(Rule, type.Locations[0], type.Name, assembly));
                }
            },
            SymbolKind.NamedType);
    }

    private static bool IsRight(string assembly)
    {
        if (!assembly.StartsWith(PluginProject.NamePrefix, StringComparison.Ordinal))
        {
            return false;
        }

        var name = assembly.Substring(PluginProject.NamePrefix.Length);
        return name.Length <= MaxNameLength && Name.IsMatch(name);
    }
}

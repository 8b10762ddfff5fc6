using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Dkron.Abstractions.Analyzers.Calls;

/// <summary>Finds results that replace the output though the delivery has failed, or has not ended.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class UnprovenDeliveryAnalyzer : PluginAnalyzer
{
    private static readonly DiagnosticDescriptor Rule = new(
        RuleIds.UnprovenDelivery,
        "The output is replaced only after the delivery has worked",
        "{0}, and the output is replaced all the same, so the result is lost and recorded as delivered; {1}",
        RuleCategories.Calls,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: RulePage.Of(RuleIds.UnprovenDelivery));

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    protected override void Register(CompilationStartAnalysisContext context, PluginProject plugin)
    {
        if (plugin.Result is not { } result)
        {
            return;
        }

        context.RegisterOperationBlockAction(block =>
        {
            if (block.OwningSymbol is IMethodSymbol method && DeliveryFlow.IsIn(method, result))
            {
                foreach (var body in block.OperationBlocks)
                {
                    foreach (var (where, what, remedy) in new DeliveryFlow(body, result).Problems())
                    {
                        block.ReportDiagnostic(Diagnostic.Create(Rule, where.Syntax.GetLocation(), what, remedy));
                    }
                }
            }
        });
    }
}

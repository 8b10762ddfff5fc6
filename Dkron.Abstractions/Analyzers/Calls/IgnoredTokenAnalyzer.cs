using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Dkron.Abstractions.Analyzers.Calls;

/// <summary>Finds awaited calls that could be given the token and are not, and processors that await and never look at their token.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class IgnoredTokenAnalyzer : PluginAnalyzer
{
    private const string Title = "The call's cancellation token is passed on";

    private static readonly DiagnosticDescriptor NotPassed = new(
        RuleIds.IgnoredToken,
        Title,
        "'{0}' can be cancelled but is not given '{1}', so a call goes on after its time is up and the host abandons it; pass '{1}', or CancellationToken.None where it must not be cancelled",
        RuleCategories.Calls,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: RulePage.Of(RuleIds.IgnoredToken));

    private static readonly DiagnosticDescriptor NeverUsed = new(
        RuleIds.IgnoredToken,
        Title,
        "'{0}' is never looked at though the call awaits, so it goes on after its time is up and the host abandons it; give the awaited methods a token and pass '{0}' on",
        RuleCategories.Calls,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: RulePage.Of(RuleIds.IgnoredToken));

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(NotPassed, NeverUsed);

    protected override void Register(CompilationStartAnalysisContext context, PluginProject plugin)
    {
        if (plugin.CancellationToken is not { } token)
        {
            return;
        }

        var forwarding = new TokenForwarding(token);
        context.RegisterOperationAction(
            operation =>
            {
                var call = (IInvocationOperation)operation.Operation;
                if (forwarding.TakesToken(call) && forwarding.InScope(call, operation.ContainingSymbol) is { } parameter)
                {
                    operation.ReportDiagnostic(Diagnostic.Create(NotPassed, call.Syntax.GetLocation(), FixHints.Of(FixHints.Token, parameter.Name), call.TargetMethod.Name, parameter.Name));
                }
            },
            OperationKind.Invocation);
        context.RegisterOperationBlockAction(block =>
        {
            if (block.OwningSymbol is IMethodSymbol { Name: "ProcessAsync", Parameters.Length: 2 } method
                && plugin.Implements(method.ContainingType)
                && method.Parameters[1] is var parameter
                && SymbolEqualityComparer.Default.Equals(parameter.Type, token)
                && block.OperationBlocks.All(body => IsNeverUsed(body, parameter, forwarding)))
            {
                block.ReportDiagnostic(Diagnostic.Create(NeverUsed, parameter.Locations[0], parameter.Name));
            }
        });
    }

    // A call that could be given the token is reported by itself; one that is given another, such as None, was thought about.
    private static bool IsNeverUsed(IOperation body, IParameterSymbol token, TokenForwarding forwarding)
    {
        var awaits = false;
        foreach (var operation in body.Descendants())
        {
            if (operation is IParameterReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Parameter, token))
            {
                return false;
            }

            if (operation is IInvocationOperation call && (forwarding.IsGivenToken(call) || (forwarding.TakesToken(call) && forwarding.InScope(call, token.ContainingSymbol) is not null)))
            {
                return false;
            }

            awaits |= operation is IAwaitOperation wait && wait.Operation.Core() is not (IPropertyReferenceOperation or IInvocationOperation { TargetMethod.Name: "Yield" });
        }

        return awaits;
    }
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Dkron.Abstractions.Analyzers.Calls;

/// <summary>Finds waits that block a thread: anywhere in a processor, and in async functions of the plugin's other types.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class BlockingWaitAnalyzer : PluginAnalyzer
{
    private static readonly DiagnosticDescriptor Rule = new(
        RuleIds.BlockingWait,
        "Waiting does not block a thread",
        "'{0}' blocks one of the host's threads, does not end when the call is cancelled, and with enough calls at once stops the whole agent; {1}",
        RuleCategories.Calls,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: RulePage.Of(RuleIds.BlockingWait));

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    protected override void Register(CompilationStartAnalysisContext context, PluginProject plugin) => context.RegisterSymbolStartAction(
        start =>
        {
            var type = (INamedTypeSymbol)start.Symbol;
            var isProcessor = plugin.Implements(type);
            var waits = new ConcurrentBag<(ISymbol Container, Diagnostic Diagnostic)>();
            var ownThreads = new ConcurrentDictionary<ISymbol, bool>(SymbolEqualityComparer.Default);
            start.RegisterOperationAction(
                operation =>
                {
                    var container = operation.ContainingSymbol;
                    if (operation.Operation is IMethodReferenceOperation method)
                    {
                        if (BlockingWait.IsOfAnOwnThread(method))
                        {
                            ownThreads.TryAdd(method.Method.OriginalDefinition, true);
                        }

                        return;
                    }

                    if (SymbolEqualityComparer.Default.Equals(container.ContainingType, type)
                        && BlockingWait.Of(operation.Operation) is { } wait
                        && (isProcessor || operation.Operation.IsInAsyncFunction(container))
                        && !BlockingWait.IsOfAnOwnThread(operation.Operation)
                        && !KnownEnd.Of(operation.Operation, wait.Waited))
                    {
                        waits.Add((container, Diagnostic.Create(Rule, operation.Operation.Syntax.GetLocation(), wait.Name, wait.Remedy)));
                    }
                },
                OperationKind.Invocation,
                OperationKind.PropertyReference,
                OperationKind.MethodReference);
            start.RegisterSymbolEndAction(end =>
            {
                foreach (var (container, diagnostic) in waits)
                {
                    if (!ownThreads.ContainsKey(container))
                    {
                        end.ReportDiagnostic(diagnostic);
                    }
                }
            });
        },
        SymbolKind.NamedType);
}

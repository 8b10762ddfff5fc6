using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Dkron.Abstractions.Analyzers.Calls;

/// <summary>Finds fields that a processor writes while it processes an execution, though calls run concurrently on one instance.</summary>
/// <remarks>Looks at ProcessAsync, at every method that is handed the context, and at what these call in the same class outside a lock.</remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class SharedStateAnalyzer : PluginAnalyzer
{
    private static readonly DiagnosticDescriptor Rule = new(
        RuleIds.SharedState,
        "No field is written while an execution is processed",
        "'{0}' is written while an execution is processed, and calls for several executions run at once on one instance, so they mix up each other's values; use a local variable or a parameter, and for what calls share on purpose Interlocked, a lock or a concurrent collection",
        RuleCategories.Calls,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: RulePage.Of(RuleIds.SharedState));

    // Not ??=: what is made once and then kept is not of one execution.
    private static readonly ImmutableArray<OperationKind> Watched =
    [
        OperationKind.SimpleAssignment,
        OperationKind.CompoundAssignment,
        OperationKind.DeconstructionAssignment,
        OperationKind.Increment,
        OperationKind.Decrement,
        OperationKind.Argument,
        OperationKind.Invocation,
        OperationKind.MethodReference,
    ];

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    protected override void Register(CompilationStartAnalysisContext context, PluginProject plugin) => context.RegisterSymbolStartAction(
        start =>
        {
            var type = (INamedTypeSymbol)start.Symbol;
            if (!plugin.Implements(type))
            {
                return;
            }

            var calls = new ConcurrentBag<(ISymbol Caller, ISymbol Callee)>();
            var writes = new ConcurrentBag<(ISymbol Writer, ISymbol Field, Location Where)>();
            start.RegisterOperationAction(
                operation =>
                {
                    if (!SymbolEqualityComparer.Default.Equals(operation.ContainingSymbol.ContainingType, type))
                    {
                        return;
                    }

                    if (Callee(operation.Operation, type) is { } callee && !Guard.Holds(operation.Operation))
                    {
                        calls.Add((operation.ContainingSymbol, callee));
                    }

                    foreach (var (field, where) in FieldWrites.Of(operation.Operation, type))
                    {
                        if (!Guard.Holds(operation.Operation))
                        {
                            writes.Add((operation.ContainingSymbol, field, where.Syntax.GetLocation()));
                        }
                    }
                },
                Watched);
            start.RegisterSymbolEndAction(end =>
            {
                var reached = Reached(type, plugin, calls);
                foreach (var (writer, field, where) in writes)
                {
                    if (reached.Contains(writer))
                    {
                        end.ReportDiagnostic(Diagnostic.Create(Rule, where, field.Name));
                    }
                }
            });
        },
        SymbolKind.NamedType);

    private static ISymbol? Callee(IOperation operation, INamedTypeSymbol type)
    {
        var method = (operation as IInvocationOperation)?.TargetMethod ?? (operation as IMethodReferenceOperation)?.Method;
        return SymbolEqualityComparer.Default.Equals(method?.ContainingType, type) ? method!.OriginalDefinition : null;
    }

    private static HashSet<ISymbol> Reached(INamedTypeSymbol type, PluginProject plugin, ConcurrentBag<(ISymbol Caller, ISymbol Callee)> calls)
    {
        var reached = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var waiting = new Queue<ISymbol>(type.GetMembers().OfType<IMethodSymbol>().Where(method => IsCalledFromOutside(method, plugin)));
        while (waiting.Count > 0)
        {
            var method = waiting.Dequeue();
            if (reached.Add(method))
            {
                foreach (var call in calls.Where(call => SymbolEqualityComparer.Default.Equals(call.Caller, method)))
                {
                    waiting.Enqueue(call.Callee);
                }
            }
        }

        return reached;
    }

    private static bool IsCalledFromOutside(IMethodSymbol method, PluginProject plugin) =>
        method.MethodKind is MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation
        && (method.DeclaredAccessibility != Accessibility.Private || method.MethodKind == MethodKind.ExplicitInterfaceImplementation)
        && method.Parameters.Any(parameter => SymbolEqualityComparer.Default.Equals(parameter.Type, plugin.Context));
}

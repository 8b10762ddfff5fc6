using System.Collections.Immutable;
using Dkron.Abstractions.Analyzers.Calls;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Dkron.Abstractions.Analyzers.Unloading;

/// <summary>Finds work that is started and that nobody can wait for or end.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class UnownedWorkAnalyzer : PluginAnalyzer
{
    private const string Title = "Work that was started is awaited by somebody";

    private static readonly DiagnosticDescriptor Dropped = new(
        RuleIds.UnownedWork,
        Title,
        "Nobody waits for '{0}', so its failure is never seen, and a replaced version of the plugin stays in memory while it goes on; await it, or keep it in a field and end and await it in DisposeAsync",
        RuleCategories.Unloading,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: RulePage.Of(RuleIds.UnownedWork));

    private static readonly DiagnosticDescriptor AsyncVoid = new(
        RuleIds.UnownedWork,
        Title,
        "Nobody can wait for {0} since it is async and gives no Task, and an exception in it ends the whole host; give a Task and await it, or catch every exception around all of it",
        RuleCategories.Unloading,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: RulePage.Of(RuleIds.UnownedWork));

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Dropped, AsyncVoid);

    protected override void Register(CompilationStartAnalysisContext context, PluginProject plugin)
    {
        context.RegisterOperationAction(
            operation =>
            {
                var call = (IInvocationOperation)operation.Operation;
                if (call.IsDropped() && StartsWork(call) && !IsKnownAsDelivery(call, operation.ContainingSymbol, plugin))
                {
                    operation.ReportDiagnostic(Diagnostic.Create(Dropped, call.Syntax.GetLocation(), $"{call.TargetMethod.ContainingType.Name}.{call.TargetMethod.Name}"));
                }
            },
            OperationKind.Invocation);
        context.RegisterOperationAction(
            operation =>
            {
                var lambda = (IAnonymousFunctionOperation)operation.Operation;
                Check(lambda.Symbol, lambda.Body, lambda.Syntax.GetLocation(), "this lambda", operation.ReportDiagnostic);
            },
            OperationKind.AnonymousFunction);
        context.RegisterOperationAction(
            operation =>
            {
                var function = (ILocalFunctionOperation)operation.Operation;
                Check(function.Symbol, function.Body, function.Symbol.Locations[0], $"'{function.Symbol.Name}'", operation.ReportDiagnostic);
            },
            OperationKind.LocalFunction);
        context.RegisterOperationBlockAction(block =>
        {
            if (block.OwningSymbol is IMethodSymbol method)
            {
                Check(method, block.OperationBlocks.OfType<IBlockOperation>().FirstOrDefault(), method.Locations[0], $"'{method.Name}'", block.ReportDiagnostic);
            }
        });
    }

    private static bool StartsWork(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        return method.ReturnType.IsTaskLike()
            ? !method.DeclaringSyntaxReferences.IsEmpty || (method.ContainingType.Name, method.Name) is ("Task", "Run") or ("TaskFactory", "StartNew")
            : method is { Name: "Start", ContainingType: { Name: "Thread", ContainingNamespace.Name: "Threading" } } && call.Instance?.Core() is IObjectCreationOperation;
    }

    // That the output is replaced before it has ended is the greater harm, and is said by its own rule.
    private static bool IsKnownAsDelivery(IInvocationOperation call, ISymbol container, PluginProject plugin) =>
        plugin.Result is { } result
        && container is IMethodSymbol method
        && DeliveryFlow.IsIn(method, result)
        && new DeliveryFlow(call.Root(), result).Problems().Any(problem => problem.Where == call);

    private static void Check(IMethodSymbol function, IBlockOperation? body, Location where, string name, Action<Diagnostic> report)
    {
        if (function is { IsAsync: true, ReturnsVoid: true } && !CatchesAll(body))
        {
            report(Diagnostic.Create(AsyncVoid, where, name));
        }
    }

    private static bool CatchesAll(IBlockOperation? body) =>
        body?.Operations.Where(operation => !operation.IsImplicit).ToList() is { Count: 1 } statements
        && statements[0] is ITryOperation attempt
        && attempt.Catches.Any(clause => clause.Filter is null && clause.ExceptionType.ToDisplayString() is "System.Exception" or "object");
}

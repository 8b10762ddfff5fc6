using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Dkron.Abstractions.Analyzers.Calls;

/// <summary>The order of deliveries, their failures and the replacing of the output in one method.</summary>
/// <remarks>
/// What is awaited counts as the delivery. Where a method awaits something in more than one place, a handled failure may be that
/// of something else, and nothing is said.
/// </remarks>
internal sealed class DeliveryFlow(IOperation body, INamedTypeSymbol result)
{
    private const string Return = "return ProcessorResult.Retry or Fail there";

    private readonly List<IOperation> _all = [.. body.Descendants().Where(operation => !IsInFunction(operation, body))];

    /// <summary>Whether the method says what became of an execution.</summary>
    public static bool IsIn(IMethodSymbol method, INamedTypeSymbol result) =>
        SymbolEqualityComparer.Default.Equals(method.ReturnType, result)
        || (method.ReturnType.IsTaskLike() && method.ReturnType is INamedTypeSymbol { TypeArguments.Length: 1 } task && SymbolEqualityComparer.Default.Equals(task.TypeArguments[0], result));

    public IEnumerable<(IOperation Where, string What, string Remedy)> Problems()
    {
        var replacements = _all.OfType<IInvocationOperation>().Where(IsReplacement).ToList();
        return replacements.Count == 0
            ? []
            : [.. replacements.Where(IsInCatch).Select(replacement => ((IOperation)replacement, "The delivery has failed here", Return)), .. Swallowed(replacements), .. Started(replacements)];
    }

    private bool IsReplacement(IInvocationOperation call) => call.TargetMethod.Name == "WithOutput" && SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, result);

    // Given where the delivery failed, without another try.
    private static bool IsInCatch(IInvocationOperation replacement) =>
        replacement.Ancestors().OfType<ICatchClauseOperation>().FirstOrDefault() is { Parent: ITryOperation attempt } clause
        && Awaits(attempt.Body)
        && !DoesMoreThanTell(clause);

    private IEnumerable<(IOperation Where, string What, string Remedy)> Swallowed(List<IInvocationOperation> replacements)
    {
        foreach (var attempt in _all.OfType<ITryOperation>().Where(attempt => Awaits(attempt.Body) && !IsInLoop(attempt)))
        {
            var isTheOnlyAwait = _all.OfType<IAwaitOperation>().All(wait => wait.Ancestors().Contains(attempt));
            if (!isTheOnlyAwait || !replacements.Exists(replacement => attempt.Comes(replacement) && !replacement.Ancestors().Contains(attempt)))
            {
                continue;
            }

            foreach (var clause in attempt.Catches.Where(FallsThrough))
            {
                yield return (clause, "The failure of the delivery is swallowed here", Return);
            }
        }
    }

    private IEnumerable<(IOperation Where, string What, string Remedy)> Started(List<IInvocationOperation> replacements) => _all
        .OfType<IInvocationOperation>()
        .Where(call => call.Type.IsTaskLike() && (call.IsDropped() || IsForgotten(call)) && replacements.Exists(replacement => call.Comes(replacement) && !AwaitsBefore(replacement)))
        .Select(call => ((IOperation)call, $"The end of '{call.TargetMethod.Name}' is not awaited", "await it first"));

    // Something else is awaited, and that is the delivery then.
    private bool AwaitsBefore(IOperation replacement) =>
        _all.OfType<IAwaitOperation>().Any(wait => wait.Comes(replacement) && wait.Operation.Core() is not IInvocationOperation { TargetMethod.Name: "Yield" });

    // Kept in a variable that is not looked at again.
    private bool IsForgotten(IInvocationOperation call) =>
        call.User() is IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var variable } }
        && !body.Descendants().OfType<ILocalReferenceOperation>().Any(reference => SymbolEqualityComparer.Default.Equals(reference.Local, variable));

    // A clause that notes the failure in a variable, leaves, or does something else about it has handled it.
    private static bool FallsThrough(ICatchClauseOperation clause) =>
        !DoesMoreThanTell(clause)
        && !clause.Handler.Descendants().Any(operation => operation is IAssignmentOperation or IReturnOperation or IThrowOperation or IBranchOperation or IIncrementOrDecrementOperation);

    // Whatever is called may be another delivery, except what makes texts and writes them to the log.
    private static bool DoesMoreThanTell(ICatchClauseOperation clause) => clause.Handler.Descendants().Any(operation =>
        operation is IAwaitOperation
        || (operation is IInvocationOperation { TargetMethod.ContainingType: var type } && type.Name is not ("IPluginLog" or "ProcessorResult" or "String" or "Object" or "Path" or "Console") && !type.Name.EndsWith("Exception", StringComparison.Ordinal)));

    private static bool Awaits(IOperation operation) => operation.Descendants().Any(inner => inner is IAwaitOperation);

    private static bool IsInLoop(IOperation operation) => operation.Ancestors().Any(ancestor => ancestor is ILoopOperation);

    private static bool IsInFunction(IOperation operation, IOperation body) =>
        operation.Ancestors().TakeWhile(ancestor => ancestor != body).Any(ancestor => ancestor is IAnonymousFunctionOperation or ILocalFunctionOperation);
}

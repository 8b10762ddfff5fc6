using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Dkron.Abstractions.Analyzers.Calls;

/// <summary>Finds out whether a task has ended for certain, so that asking for its result does not block.</summary>
internal static class KnownEnd
{
    /// <summary>True when it was awaited or asked for its end before, and where that cannot be seen.</summary>
    public static bool Of(IOperation use, IOperation? task)
    {
        if (task?.Named() is not { } variable)
        {
            return false;
        }

        // A lambda's parameter, as in Select after WhenAll or in ContinueWith, was awaited by whoever calls the lambda.
        if (variable is IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } })
        {
            return true;
        }

        foreach (var other in use.Root().Descendants())
        {
            if (!other.Comes(use) || use.Ancestors().Contains(other))
            {
                continue;
            }

            switch (other)
            {
                case IAwaitOperation wait when Mentions(wait, variable) || AwaitsSeveral(wait):
                case IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully" or "IsFaulted" or "Status", Instance: { } asked } when SymbolEqualityComparer.Default.Equals(asked.Named(), variable):
                    return true;
            }
        }

        return false;
    }

    private static bool Mentions(IAwaitOperation wait, ISymbol variable) => wait.Descendants().Any(part => SymbolEqualityComparer.Default.Equals(part.Named(), variable));

    private static bool AwaitsSeveral(IAwaitOperation wait) => wait.Operation.DescendantsAndSelf().OfType<IInvocationOperation>().Any(call => call.TargetMethod is { Name: "WhenAll" or "WhenAny", ContainingType.Name: "Task" });
}

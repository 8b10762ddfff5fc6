using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Dkron.Abstractions.Analyzers.Calls;

/// <summary>Finds out whether an operation runs while a lock of some kind is held.</summary>
internal static class Guard
{
    private static readonly string[] Taking = ["Enter", "TryEnter", "Lock", "Acquire"];

    /// <summary>True inside a lock statement, inside a using that takes a lock, and after a call that waits for its turn.</summary>
    public static bool Holds(IOperation operation)
    {
        foreach (var ancestor in operation.Ancestors())
        {
            if (ancestor is ILockOperation || (ancestor is IUsingOperation { Resources: var resources } && resources.DescendantsAndSelf().Any(IsTaking)))
            {
                return true;
            }
        }

        return operation.Root().Descendants().Any(other => other.Comes(operation) && other is IInvocationOperation && IsTaking(other) && !Contains(other, operation));
    }

    private static bool Contains(IOperation outer, IOperation inner) => inner.Ancestors().Contains(outer);

    private static bool IsTaking(IOperation operation) => operation is IInvocationOperation { TargetMethod: var method }
        && (Taking.Any(name => method.Name.StartsWith(name, StringComparison.Ordinal)) || (method.Name is "Wait" or "WaitAsync" or "WaitOne" && !method.ContainingType.IsTaskLike()));
}

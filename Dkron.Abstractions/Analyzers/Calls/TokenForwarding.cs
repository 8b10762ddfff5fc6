using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Dkron.Abstractions.Analyzers.Calls;

/// <summary>Finds out whether a call could be given a cancellation token, and whether one is at hand.</summary>
internal sealed class TokenForwarding(INamedTypeSymbol tokenType)
{
    /// <summary>Whether the call gives something to await and leaves out a token that it, or another form of it, takes last.</summary>
    public bool TakesToken(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (!IsAwaitable(method.ReturnType) || method.ContainingType.IsTaskLike() && method.Name != "Delay" || IsEndedOtherwise(call))
        {
            return false;
        }

        var tokens = call.Arguments.Where(argument => IsToken(argument.Parameter?.Type)).ToList();
        return tokens.Count > 0
            ? tokens.TrueForAll(argument => argument.ArgumentKind == ArgumentKind.DefaultValue)
            : method.Parameters.LastOrDefault()?.IsParams != true && HasForm(call, method);
    }

    /// <summary>Whether a token is written down in the call.</summary>
    public bool IsGivenToken(IInvocationOperation call) => call.Arguments.Any(argument => argument.ArgumentKind == ArgumentKind.Explicit && IsToken(argument.Parameter?.Type));

    /// <summary>The nearest parameter that is a token; null where there is none, or where the work is cleaning up and must not be cancelled.</summary>
    public IParameterSymbol? InScope(IInvocationOperation call, ISymbol container)
    {
        IOperation inner = call;
        foreach (var ancestor in call.Ancestors())
        {
            switch (ancestor)
            {
                case ICatchClauseOperation:
                case ITryOperation attempt when attempt.Finally == inner:
                    return null;
                case IAnonymousFunctionOperation { Symbol: var lambda } when TokenOf(lambda) is { } parameter:
                    return parameter;
                case ILocalFunctionOperation { Symbol: var local } when TokenOf(local) is { } parameter:
                    return parameter;
                case IAnonymousFunctionOperation { Symbol.IsStatic: true } or ILocalFunctionOperation { Symbol.IsStatic: true }:
                    return null;
            }

            inner = ancestor;
        }

        return container is IMethodSymbol method ? TokenOf(method) : null;
    }

    private IParameterSymbol? TokenOf(IMethodSymbol method) => method.Parameters.FirstOrDefault(parameter => IsToken(parameter.Type));

    private bool IsToken(ITypeSymbol? type) => SymbolEqualityComparer.Default.Equals(type, tokenType);

    private static bool IsAwaitable(ITypeSymbol type) => type.IsTaskLike() || type.Name is "IAsyncEnumerable" or "ConfiguredCancelableAsyncEnumerable";

    // task.WaitAsync(token) and stream.WithCancellation(token) end the waiting.
    private static bool IsEndedOtherwise(IInvocationOperation call) => call.User() switch
    {
        IInvocationOperation { TargetMethod.Name: "WaitAsync" or "WithCancellation" } => true,
        IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "WithCancellation" } } => true,
        _ => false,
    };

    private bool HasForm(IInvocationOperation call, IMethodSymbol method)
    {
        var definition = (method.ReducedFrom ?? method).OriginalDefinition;
        var model = call.SemanticModel!;
        return definition.ContainingType.GetMembers(definition.Name).OfType<IMethodSymbol>().Any(other =>
            other.IsStatic == definition.IsStatic
            && other.TypeParameters.Length == definition.TypeParameters.Length
            && other.Parameters.Length == definition.Parameters.Length + 1
            && IsToken(other.Parameters[other.Parameters.Length - 1].Type)
            && definition.Parameters.All(parameter => parameter.RefKind == other.Parameters[parameter.Ordinal].RefKind && IsSame(parameter.Type, other.Parameters[parameter.Ordinal].Type))
            // An await takes a ValueTask as well as a Task; a variable would not.
            && (other.ReturnType.Name == definition.ReturnType.Name || (IsAwaitable(other.ReturnType) && call.User() is IAwaitOperation))
            && model.IsAccessible(call.Syntax.SpanStart, other));
    }

    // Type parameters of two methods are never equal, but the same when they stand in the same place.
    private static bool IsSame(ITypeSymbol one, ITypeSymbol other) =>
        SymbolEqualityComparer.Default.Equals(one, other)
        || (one, other) switch
        {
            (ITypeParameterSymbol { TypeParameterKind: TypeParameterKind.Method } first, ITypeParameterSymbol { TypeParameterKind: TypeParameterKind.Method } second) => first.Ordinal == second.Ordinal,
            (IArrayTypeSymbol first, IArrayTypeSymbol second) => IsSame(first.ElementType, second.ElementType),
            (INamedTypeSymbol { TypeArguments.Length: > 0 } first, INamedTypeSymbol second) =>
                SymbolEqualityComparer.Default.Equals(first.OriginalDefinition, second.OriginalDefinition) && first.TypeArguments.Zip(second.TypeArguments, IsSame).All(same => same),
            _ => false,
        };
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Dkron.Abstractions.Analyzers.Unloading;

/// <summary>Finds out whether JsonSerializerOptions may carry generated type information, which serves as well as a JsonTypeInfo.</summary>
internal static class JsonOptionsOrigin
{
    private const string Resolver = "TypeInfoResolver";

    /// <summary>False only where it can be seen that they have no resolver of their own.</summary>
    public static bool MayBeGenerated(IOperation value, CancellationToken cancellationToken)
    {
        switch (value.Core())
        {
            case ILiteralOperation or IDefaultValueOperation:
                return false;
            case IObjectCreationOperation creation:
                return MayBeGenerated(creation.Syntax);
            case IPropertyReferenceOperation { Property: { ContainingType.Name: "JsonSerializerOptions", Name: "Default" or "Web" or "Strict" } }:
                return false;
            case var other when other.Named() is { } variable:
                return MayBeGenerated(variable, cancellationToken);
            default:
                return true;
        }
    }

    private static bool MayBeGenerated(ISymbol variable, CancellationToken cancellationToken)
    {
        if (variable.DeclaringSyntaxReferences is not { Length: 1 } references)
        {
            return true;
        }

        var declaration = references[0].GetSyntax(cancellationToken);
        var value = declaration switch
        {
            VariableDeclaratorSyntax declarator => declarator.Initializer?.Value,
            PropertyDeclarationSyntax property => property.Initializer?.Value,
            _ => null,
        };

        // What is not made where it is declared comes from elsewhere; what is, may still be given a resolver later in the same type.
        return value is not BaseObjectCreationExpressionSyntax
            || MayBeGenerated(value)
            || declaration.Ancestors().OfType<TypeDeclarationSyntax>().FirstOrDefault() is { } type && MentionsResolver(type);
    }

    private static bool MayBeGenerated(SyntaxNode creation) =>
        MentionsResolver(creation) || ((BaseObjectCreationExpressionSyntax)creation).ArgumentList?.Arguments.Any(argument => !argument.ToString().Contains("JsonSerializerDefaults")) == true;

    private static bool MentionsResolver(SyntaxNode node) =>
        node.DescendantTokens().Any(token => token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText.StartsWith(Resolver, StringComparison.Ordinal));
}

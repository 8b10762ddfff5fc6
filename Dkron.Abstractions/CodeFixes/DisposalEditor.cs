using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Dkron.Abstractions.CodeFixes;

/// <summary>Adds to what a class does when it is disposed of.</summary>
internal static class DisposalEditor
{
    /// <summary>The class with the statement in its DisposeAsync or Dispose; null when it has neither and nobody would call one.</summary>
    public static (SyntaxNode Old, SyntaxNode Replacement)? With(TypeDeclarationSyntax type, string statement, SemanticModel model, CancellationToken cancellationToken)
    {
        var added = ParseStatement(statement).WithTrailingTrivia(ElasticCarriageReturnLineFeed).WithAdditionalAnnotations(Formatter.Annotation);
        var method = type.Members.OfType<MethodDeclarationSyntax>()
            .Where(candidate => candidate.Identifier.ValueText is "DisposeAsync" or "Dispose" && candidate.ParameterList.Parameters.Count == 0)
            .OrderBy(candidate => candidate.Identifier.ValueText == "DisposeAsync" ? 0 : 1)
            .FirstOrDefault();
        if (method is not null)
        {
            return (method, With(method, added));
        }

        return model.GetDeclaredSymbol(type, cancellationToken) is { } symbol && symbol.AllInterfaces.Any(contract => contract.Name == "IAsyncDisposable")
            ? (type, type.AddMembers(NewMethod(added)))
            : null;
    }

    private static MethodDeclarationSyntax With(MethodDeclarationSyntax method, StatementSyntax added)
    {
        var body = method.Body ?? Block(BodyOf(method));
        return method
            .WithExpressionBody(null)
            .WithSemicolonToken(default)
            .WithBody(body.WithStatements(body.Statements.Insert(0, added)))
            .WithAdditionalAnnotations(Formatter.Annotation);
    }

    private static StatementSyntax[] BodyOf(MethodDeclarationSyntax method)
    {
        if (method.ExpressionBody?.Expression.WithoutTrivia() is not { } expression)
        {
            return [];
        }

        var givesNothing = method.Modifiers.Any(SyntaxKind.AsyncKeyword) || method.ReturnType is PredefinedTypeSyntax;
        return [givesNothing ? ExpressionStatement(expression) : ReturnStatement(Token(SyntaxKind.ReturnKeyword).WithTrailingTrivia(Space), expression, Token(SyntaxKind.SemicolonToken))];
    }

    private static MethodDeclarationSyntax NewMethod(StatementSyntax added)
    {
        var method = (MethodDeclarationSyntax)ParseMemberDeclaration("public global::System.Threading.Tasks.ValueTask DisposeAsync()\n{\nreturn default;\n}\n")!;
        return method
            .WithReturnType(method.ReturnType.WithAdditionalAnnotations(Simplifier.Annotation))
            .WithBody(method.Body!.WithStatements(method.Body.Statements.Insert(0, added)))
            .WithLeadingTrivia(ElasticCarriageReturnLineFeed)
            .WithAdditionalAnnotations(Formatter.Annotation);
    }
}

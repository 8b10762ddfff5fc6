using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Dkron.Abstractions.CodeFixes;

/// <summary>New code that is right under any usings: with full names, which become as short as the file allows.</summary>
internal static class FullNames
{
    public static ExpressionSyntax Expression(string text)
    {
        var expression = ParseExpression(text);
        return expression.ReplaceNodes(expression.DescendantNodesAndSelf().OfType<MemberAccessExpressionSyntax>(), (_, name) => name.WithAdditionalAnnotations(Simplifier.Annotation));
    }
}

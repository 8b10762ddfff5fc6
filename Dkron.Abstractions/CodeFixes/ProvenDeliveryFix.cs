using System.Composition;
using Dkron.Abstractions.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Dkron.Abstractions.CodeFixes;

/// <summary>Awaits a delivery that was only begun, and returns a Retry for one that has failed.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
internal sealed class ProvenDeliveryFix() : SyntaxFix(RuleIds.UnprovenDelivery, "Replace the output only when the delivery has worked")
{
    protected override (SyntaxNode Old, SyntaxNode Replacement)? Change(SyntaxNode node, Diagnostic diagnostic, SemanticModel model, CancellationToken cancellationToken) => node switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "WithOutput" } } result => Retried(result),
        InvocationExpressionSyntax call when MayAwait(call) => Awaited(call),
        CatchClauseSyntax clause => Returned(clause),
        _ => null,
    };

    private static (SyntaxNode Old, SyntaxNode Replacement)? Retried(InvocationExpressionSyntax result) =>
        result.FirstAncestorOrSelf<CatchClauseSyntax>()?.Declaration?.Identifier.ValueText is { Length: > 0 } name
            ? (result, Retry(name).WithTriviaFrom(result))
            : null;

    private static (SyntaxNode Old, SyntaxNode Replacement)? Returned(CatchClauseSyntax clause)
    {
        if (!MayAwait(clause) || clause.Declaration?.Identifier.ValueText is not { Length: > 0 } name)
        {
            return null;
        }

        var returned = ReturnStatement(Retry(name).WithLeadingTrivia(Space)).WithTrailingTrivia(ElasticCarriageReturnLineFeed).WithAdditionalAnnotations(Formatter.Annotation);
        return (clause, clause.WithBlock(clause.Block.AddStatements(returned)));
    }

    private static (SyntaxNode Old, SyntaxNode Replacement)? Awaited(InvocationExpressionSyntax call)
    {
        var wait = AwaitExpression(Token(TriviaList(), SyntaxKind.AwaitKeyword, TriviaList(Space)), call.WithoutTrivia());
        StatementSyntax? statement = call.FirstAncestorOrSelf<StatementSyntax>() switch
        {
            ExpressionStatementSyntax expression => expression,
            LocalDeclarationStatementSyntax { Declaration.Variables.Count: 1 } local => local,
            _ => null,
        };
        return statement is null ? null : (statement, ExpressionStatement(wait).WithTriviaFrom(statement));
    }

    private static ExpressionSyntax Retry(string exception) =>
        FullNames.Expression($"global::Dkron.Abstractions.ProcessorResult.Retry(global::System.TimeSpan.Zero, {exception}.Message)");
}

using System.Composition;
using Dkron.Abstractions.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dkron.Abstractions.CodeFixes;

/// <summary>Takes a handler off when its class is disposed of.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
internal sealed class TakeHandlerOffFix() : SyntaxFix(RuleIds.LeftHandler, "Take the handler off in DisposeAsync")
{
    // Several at once would all write into the one method.
    public override FixAllProvider? GetFixAllProvider() => null;

    protected override (SyntaxNode Old, SyntaxNode Replacement)? Change(SyntaxNode node, Diagnostic diagnostic, SemanticModel model, CancellationToken cancellationToken) =>
        diagnostic.Properties.ContainsKey(FixHints.Handler)
        && node.FirstAncestorOrSelf<AssignmentExpressionSyntax>() is { } assignment
        && assignment.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } type
            ? DisposalEditor.With(type, $"{assignment.Left.WithoutTrivia()} -= {assignment.Right.WithoutTrivia()};", model, cancellationToken)
            : null;
}

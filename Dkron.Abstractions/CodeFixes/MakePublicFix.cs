using System.Composition;
using Dkron.Abstractions.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Dkron.Abstractions.CodeFixes;

/// <summary>Makes the processor's class public.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
internal sealed class MakePublicFix() : SyntaxFix(RuleIds.OneProcessor, "Make the class public")
{
    protected override (SyntaxNode Old, SyntaxNode Replacement)? Change(SyntaxNode node, Diagnostic diagnostic, SemanticModel model, CancellationToken cancellationToken)
    {
        if (!diagnostic.Properties.TryGetValue(FixHints.Obstacle, out var obstacle)
            || obstacle != "is not public"
            || node.FirstAncestorOrSelf<ClassDeclarationSyntax>() is not { } type
            || model.GetDeclaredSymbol(type, cancellationToken)?.DeclaringSyntaxReferences.Length != 1)
        {
            return null;
        }

        var others = type.Modifiers.Where(modifier => !SyntaxFacts.IsAccessibilityModifier(modifier.Kind()));
        var bare = type.WithModifiers(default).WithoutLeadingTrivia();
        SyntaxTokenList modifiers = [Token(SyntaxKind.PublicKeyword).WithTrailingTrivia(Space), .. others.Select(modifier => modifier.WithLeadingTrivia().WithTrailingTrivia(Space))];
        return (type, bare.WithModifiers(modifiers).WithLeadingTrivia(type.GetLeadingTrivia()));
    }
}

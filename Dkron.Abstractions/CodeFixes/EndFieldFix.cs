using System.Composition;
using Dkron.Abstractions.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dkron.Abstractions.CodeFixes;

/// <summary>Ends what a field holds when its class is disposed of.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
internal sealed class EndFieldFix() : SyntaxFix(RuleIds.Undisposed, "End it in DisposeAsync")
{
    // Several at once would all write into the one method.
    public override FixAllProvider? GetFixAllProvider() => null;

    protected override (SyntaxNode Old, SyntaxNode Replacement)? Change(SyntaxNode node, Diagnostic diagnostic, SemanticModel model, CancellationToken cancellationToken)
    {
        if (!diagnostic.Properties.TryGetValue(FixHints.Ending, out var ending)
            || node.FirstAncestorOrSelf<VariableDeclaratorSyntax>() is not { } declarator
            || declarator.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } type
            || model.GetDeclaredSymbol(declarator, cancellationToken) is not IFieldSymbol field)
        {
            return null;
        }

        var mayBeNull = field.NullableAnnotation == NullableAnnotation.Annotated || field.Type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
        return DisposalEditor.With(type, $"{field.Name}{(mayBeNull ? "?" : "")}.{ending}({(ending == "Unregister" ? "null" : "")});", model, cancellationToken);
    }
}

using System.Composition;
using Dkron.Abstractions.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Dkron.Abstractions.CodeFixes;

/// <summary>Passes the token that is at hand.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
internal sealed class PassTokenFix() : SyntaxFix(RuleIds.IgnoredToken, "Pass the cancellation token")
{
    protected override (SyntaxNode Old, SyntaxNode Replacement)? Change(SyntaxNode node, Diagnostic diagnostic, SemanticModel model, CancellationToken cancellationToken)
    {
        if (node is not InvocationExpressionSyntax call
            || !diagnostic.Properties.TryGetValue(FixHints.Token, out var token)
            || model.GetSymbolInfo(call, cancellationToken).Symbol is not IMethodSymbol method)
        {
            return null;
        }

        var arguments = call.ArgumentList.Arguments;
        var own = method.Parameters.FirstOrDefault(parameter => parameter.Type.Name == "CancellationToken");
        var place = own?.Ordinal ?? method.Parameters.Length;
        var argument = Argument(IdentifierName(token!));

        // Where others are left out before it, or named, it needs its name.
        if (arguments.Count != place || arguments.Any(given => given.NameColon is not null))
        {
            argument = argument.WithNameColon(NameColon(IdentifierName(own?.Name ?? "cancellationToken"), Token(SyntaxKind.ColonToken).WithTrailingTrivia(Space)));
        }

        var separated = arguments.Count == 0 ? argument : argument.WithLeadingTrivia(Space);
        return (call, call.WithArgumentList(call.ArgumentList.WithArguments(arguments.Add(separated))));
    }
}

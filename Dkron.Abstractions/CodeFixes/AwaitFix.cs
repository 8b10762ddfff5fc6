using System.Composition;
using Dkron.Abstractions.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Dkron.Abstractions.CodeFixes;

/// <summary>Awaits what was waited for, where the function is async already.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
internal sealed class AwaitFix() : SyntaxFix(RuleIds.BlockingWait, "Await it")
{
    protected override (SyntaxNode Old, SyntaxNode Replacement)? Change(SyntaxNode node, Diagnostic diagnostic, SemanticModel model, CancellationToken cancellationToken)
    {
        if (!MayAwait(node) || Awaited(node, model) is not { } awaited)
        {
            return null;
        }

        ExpressionSyntax wait = AwaitExpression(Token(TriviaList(), SyntaxKind.AwaitKeyword, TriviaList(Space)), awaited.WithoutTrivia());
        var replacement = node.Parent is ExpressionStatementSyntax ? wait : ParenthesizedExpression(wait).WithAdditionalAnnotations(Simplifier.Annotation);
        return (node, replacement.WithTriviaFrom(node));
    }

    private static ExpressionSyntax? Awaited(SyntaxNode node, SemanticModel model)
    {
        if (node is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Result" } result)
        {
            return result.Expression;
        }

        if (node is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call)
        {
            return null;
        }

        var arguments = call.ArgumentList.Arguments;
        var awaited = access.Expression;
        return access.Name.Identifier.ValueText switch
        {
            "GetResult" => ((awaited as InvocationExpressionSyntax)?.Expression as MemberAccessExpressionSyntax)?.Expression,
            "Sleep" when arguments.Count == 1 => Delay(arguments[0].Expression, node, model),
            "WaitAll" when arguments.Count > 0 => Call(access.WithName(IdentifierName("WhenAll")), arguments),
            "Wait" when model.GetTypeInfo(awaited).Type?.Name == "SemaphoreSlim" => Call(access.WithName(IdentifierName("WaitAsync")), arguments.Count == 0 ? OfToken(node, model) : arguments),
            "Wait" when arguments.Count == 0 => awaited,
            "Wait" when model.GetTypeInfo(awaited).Type?.Name == "Task" && !IsNumber(arguments[0].Expression, model) => Call(access.WithName(IdentifierName("WaitAsync")), arguments),
            _ => null,
        };
    }

    private static InvocationExpressionSyntax Delay(ExpressionSyntax time, SyntaxNode node, SemanticModel model)
    {
        var provider = NameAtHand.Of("TimeProvider", node, model);
        var wait = provider is not null && IsNumber(time, model) ? FullNames.Expression($"global::System.TimeSpan.FromMilliseconds({time})") : time;
        SeparatedSyntaxList<ArgumentSyntax> arguments = [Argument(wait)];
        if (provider is not null)
        {
            arguments = arguments.Add(Argument(IdentifierName(provider)));
        }

        return Call(FullNames.Expression("global::System.Threading.Tasks.Task.Delay"), arguments.AddRange(OfToken(node, model)));
    }

    private static SeparatedSyntaxList<ArgumentSyntax> OfToken(SyntaxNode node, SemanticModel model) =>
        NameAtHand.Of("CancellationToken", node, model) is { } token ? [Argument(IdentifierName(token))] : [];

    private static InvocationExpressionSyntax Call(ExpressionSyntax method, SeparatedSyntaxList<ArgumentSyntax> arguments) =>
        InvocationExpression(method, ArgumentList(arguments)).NormalizeWhitespace();

    private static bool IsNumber(ExpressionSyntax expression, SemanticModel model) => model.GetTypeInfo(expression).Type?.SpecialType == SpecialType.System_Int32;
}

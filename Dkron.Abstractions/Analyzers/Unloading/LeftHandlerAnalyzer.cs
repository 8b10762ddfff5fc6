using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Dkron.Abstractions.Analyzers.Unloading;

/// <summary>Finds handlers on events that outlive the plugin, which nothing in their type takes off again.</summary>
/// <remarks>An event outlives the plugin when it is static, or an object's that a static member gives, and none of the plugin's own.</remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class LeftHandlerAnalyzer : PluginAnalyzer
{
    private static readonly DiagnosticDescriptor Rule = new(
        RuleIds.LeftHandler,
        "Handlers on events of the process are taken off in DisposeAsync",
        "The handler stays on '{0}', which outlives the plugin, so a replaced version stays in memory and goes on being called; {1}",
        RuleCategories.Unloading,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: RulePage.Of(RuleIds.LeftHandler));

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    protected override void Register(CompilationStartAnalysisContext context, PluginProject plugin) => context.RegisterSymbolStartAction(
        start =>
        {
            var type = start.Symbol;
            var added = new ConcurrentBag<(IEventAssignmentOperation Assignment, ISymbol Event, ISymbol? Handler)>();
            var removed = new ConcurrentBag<(ISymbol Event, ISymbol? Handler)>();
            start.RegisterOperationAction(
                operation =>
                {
                    var assignment = (IEventAssignmentOperation)operation.Operation;
                    if (SymbolEqualityComparer.Default.Equals(operation.ContainingSymbol.ContainingType, type)
                        && assignment.EventReference is IEventReferenceOperation reference
                        && OutlivesThePlugin(reference, plugin))
                    {
                        var handler = Handler(assignment.HandlerValue);
                        if (assignment.Adds)
                        {
                            added.Add((assignment, reference.Event, handler));
                        }
                        else
                        {
                            removed.Add((reference.Event, handler));
                        }
                    }
                },
                OperationKind.EventAssignment);
            start.RegisterSymbolEndAction(end =>
            {
                foreach (var (assignment, @event, handler) in added)
                {
                    if (handler is null || !removed.Any(other => SymbolEqualityComparer.Default.Equals(other.Event, @event) && SymbolEqualityComparer.Default.Equals(other.Handler, handler)))
                    {
                        var remedy = handler is null
                            ? "make the lambda a method, and take that off with -= in DisposeAsync"
                            : $"take it off with -= {handler.Name} in DisposeAsync";
                        end.ReportDiagnostic(Diagnostic.Create(Rule, assignment.Syntax.GetLocation(), handler is IMethodSymbol or IFieldSymbol or IPropertySymbol ? FixHints.Of(FixHints.Handler, handler.Name) : null, $"{@event.ContainingType.Name}.{@event.Name}", remedy));
                    }
                }
            });
        },
        SymbolKind.NamedType);

    private static bool OutlivesThePlugin(IEventReferenceOperation reference, PluginProject plugin) => reference.Instance?.Core() switch
    {
        null => reference.Event.IsStatic && !plugin.IsOwnAssembly(reference.Event.ContainingAssembly),
        IPropertyReferenceOperation { Property: { IsStatic: true } property } => !plugin.IsOwnAssembly(property.ContainingAssembly),
        IFieldReferenceOperation { Field: { IsStatic: true } field } => !plugin.IsOwnAssembly(field.ContainingAssembly),
        _ => false,
    };

    // Null for a lambda: another one, though of the same text, is another handler.
    private static ISymbol? Handler(IOperation value) => value.Core() switch
    {
        IDelegateCreationOperation { Target: IMethodReferenceOperation method } => method.Method,
        IDelegateCreationOperation { Target: { } target } => target.Named(),
        var other => other.Named(),
    };
}

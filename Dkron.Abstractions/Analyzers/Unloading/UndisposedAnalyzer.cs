using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Dkron.Abstractions.Analyzers.Unloading;

/// <summary>Finds timers, registrations and watchers that their type makes, keeps in a private field and never ends.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class UndisposedAnalyzer : PluginAnalyzer
{
    private static readonly DiagnosticDescriptor Rule = new(
        RuleIds.Undisposed,
        "What goes on by itself is ended in DisposeAsync",
        "'{0}' is never ended, so it goes on after the plugin was replaced and keeps the old version in memory; {1}",
        RuleCategories.Unloading,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: RulePage.Of(RuleIds.Undisposed));

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    protected override void Register(CompilationStartAnalysisContext context, PluginProject plugin)
    {
        context.RegisterOperationAction(
            operation =>
            {
                var call = (IInvocationOperation)operation.Operation;
                if (OwnedResource.DroppedEnding(call) is { } ending)
                {
                    operation.ReportDiagnostic(Diagnostic.Create(Rule, call.Syntax.GetLocation(), $"{call.TargetMethod.ContainingType.Name}.{call.TargetMethod.Name}", ending));
                }
            },
            OperationKind.Invocation);
        context.RegisterSymbolStartAction(
            start =>
            {
                var fields = ((INamedTypeSymbol)start.Symbol).GetMembers().OfType<IFieldSymbol>().Where(field => field is { DeclaredAccessibility: Accessibility.Private, IsImplicitlyDeclared: false } && OwnedResource.Ending(field.Type) is not null);
                var uses = new ConcurrentDictionary<ISymbol, FieldUse>(fields.Select(field => new KeyValuePair<ISymbol, FieldUse>(field, FieldUse.None)), SymbolEqualityComparer.Default);
                if (!uses.IsEmpty)
                {
                    Watch(start, uses);
                }
            },
            SymbolKind.NamedType);
    }

    private static void Watch(SymbolStartAnalysisContext start, ConcurrentDictionary<ISymbol, FieldUse> uses)
    {
        void Note(ISymbol field, FieldUse use)
        {
            if (uses.ContainsKey(field))
            {
                uses.AddOrUpdate(field, use, (_, earlier) => earlier | use);
            }
        }

        start.RegisterOperationAction(
            operation =>
            {
                var reference = (IFieldReferenceOperation)operation.Operation;
                if (uses.ContainsKey(reference.Field))
                {
                    Note(reference.Field, FieldUses.Of(reference));
                }
            },
            OperationKind.FieldReference);
        start.RegisterOperationAction(
            operation =>
            {
                var initializer = (IFieldInitializerOperation)operation.Operation;
                foreach (var field in initializer.InitializedFields)
                {
                    Note(field, FieldUses.OfValue(initializer.Value));
                }
            },
            OperationKind.FieldInitializer);
        start.RegisterSymbolEndAction(end =>
        {
            foreach (var use in uses)
            {
                var field = (IFieldSymbol)use.Key;
                if (use.Value == FieldUse.Made)
                {
                    end.ReportDiagnostic(Diagnostic.Create(Rule, field.Locations[0], FixHints.Of(FixHints.Ending, OwnedResource.Ending(field.Type)!), field.Name, $"call {OwnedResource.Ending(field.Type)} on it in DisposeAsync"));
                }
            }
        });
    }
}

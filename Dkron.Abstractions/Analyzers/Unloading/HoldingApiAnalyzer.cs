using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Dkron.Abstractions.Analyzers.Unloading;

/// <summary>Finds what hands the plugin to a cache that is never emptied.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class HoldingApiAnalyzer : PluginAnalyzer
{
    private static readonly DiagnosticDescriptor Rule = new(
        RuleIds.HoldingApi,
        "Nothing that holds the plugin for ever",
        "A replaced version of the plugin stays in memory, since {0}",
        RuleCategories.Unloading,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: RulePage.Of(RuleIds.HoldingApi));

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    protected override void Register(CompilationStartAnalysisContext context, PluginProject plugin)
    {
        var members = HoldingApis.Members.ToLookup(row => context.Compilation.GetTypeByMetadataName(row.Type), SymbolEqualityComparer.Default);
        context.RegisterOperationAction(operation => Report(operation, OfCall((IInvocationOperation)operation.Operation, members)), OperationKind.Invocation);
        context.RegisterOperationAction(
            operation =>
            {
                // What is called on it later tells nothing new.
                var made = (IObjectCreationOperation)operation.Operation;
                Report(operation, HoldingApis.Assemblies.TryGetValue(made.Type?.ContainingAssembly?.Name ?? "", out var remedy) ? remedy : null);
            },
            OperationKind.ObjectCreation);
        context.RegisterOperationAction(
            operation => Report(operation, IsBound(operation.Operation) ? HoldingApis.Dynamic : null),
            OperationKind.DynamicInvocation,
            OperationKind.DynamicMemberReference,
            OperationKind.DynamicIndexerAccess,
            OperationKind.DynamicObjectCreation,
            OperationKind.Conversion,
            OperationKind.Binary);
    }

    private static void Report(OperationAnalysisContext context, string? remedy)
    {
        if (remedy is not null)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, context.Operation.Syntax.GetLocation(), remedy));
        }
    }

    private static string? OfCall(IInvocationOperation call, ILookup<ISymbol?, (string Type, string? Member, string Remedy)> members)
    {
        var method = call.TargetMethod;
        var remedy = members[method.ContainingType.OriginalDefinition].FirstOrDefault(row => row.Member is null || row.Member == method.Name).Remedy
            ?? (method.IsStatic && HoldingApis.Assemblies.TryGetValue(method.ContainingAssembly?.Name ?? "", out var assembly) ? assembly : null);
        return remedy is null || HoldsNothingOfThePlugin(call) || IsGeneratedBinding(call, remedy) ? null : remedy;
    }

    // A text that the host keeps is the host's.
    private static bool HoldsNothingOfThePlugin(IInvocationOperation call) =>
        call.TargetMethod.Name == "SetData"
        && call.Arguments.LastOrDefault()?.Value.Core() is { } value
        && (value.ConstantValue.HasValue || value.Type is { SpecialType: not (SpecialType.None or SpecialType.System_Object) });

    // The binder's own source generator replaces these calls by code that needs no reflection.
    private static bool IsGeneratedBinding(IInvocationOperation call, string remedy) =>
        remedy == HoldingApis.Assemblies["Microsoft.Extensions.Configuration.Binder"]
        && call.SemanticModel!.Compilation.SyntaxTrees.Any(tree => tree.FilePath.EndsWith("BindingExtensions.g.cs", StringComparison.Ordinal));

    private static bool IsBound(IOperation operation) => operation switch
    {
        // One call has both; the call is reported.
        IDynamicMemberReferenceOperation member => member.Parent is not IDynamicInvocationOperation,
        IConversionOperation conversion => IsDynamic(conversion.Operand) && !IsBoundItself(conversion.Operand.Core()) && conversion.Type is { TypeKind: not TypeKind.Dynamic, SpecialType: not SpecialType.System_Object },
        IBinaryOperation binary => IsDynamic(binary),
        _ => true,
    };

    private static bool IsBoundItself(IOperation operation) =>
        operation is IDynamicInvocationOperation or IDynamicMemberReferenceOperation or IDynamicIndexerAccessOperation or IDynamicObjectCreationOperation or IBinaryOperation;

    private static bool IsDynamic(IOperation operation) => operation.Type?.TypeKind == TypeKind.Dynamic;
}

using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Dkron.Abstractions.Analyzers.Unloading;

/// <summary>Finds System.Text.Json reading a plugin's own types by reflection.</summary>
/// <remarks>Types of the framework are not the plugin's: <c>Dictionary&lt;string, string&gt;</c> holds nothing of it.</remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class JsonByReflectionAnalyzer : PluginAnalyzer
{
    private static readonly string[] Types =
    [
        "System.Text.Json.JsonSerializer",
        "System.Text.Json.Nodes.JsonArray",
        "System.Text.Json.Nodes.JsonValue",
        "System.Net.Http.Json.HttpClientJsonExtensions",
        "System.Net.Http.Json.HttpContentJsonExtensions",
        "System.Net.Http.Json.JsonContent",
    ];

    private static readonly DiagnosticDescriptor Rule = new(
        RuleIds.JsonByReflection,
        "A generated JsonSerializerContext instead of reflection on own types",
        "'{0}' reads the plugin's type '{1}' by reflection, and the framework's cache then keeps a replaced version of the plugin in memory; pass it a JsonTypeInfo of a generated JsonSerializerContext",
        RuleCategories.Unloading,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: RulePage.Of(RuleIds.JsonByReflection));

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    protected override void Register(CompilationStartAnalysisContext context, PluginProject plugin)
    {
        var types = Types.Select(context.Compilation.GetTypeByMetadataName).OfType<INamedTypeSymbol>().ToImmutableHashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        if (types.IsEmpty)
        {
            return;
        }

        context.RegisterOperationAction(
            operation =>
            {
                var call = (IInvocationOperation)operation.Operation;
                if (types.Contains(call.TargetMethod.ContainingType)
                    && !call.TargetMethod.Parameters.Any(parameter => parameter.Type.Name is "JsonTypeInfo" or "JsonSerializerContext")
                    && Subjects(call).FirstOrDefault(plugin.IsOwn) is { } own
                    && !IsGenerated(call, operation.CancellationToken))
                {
                    operation.ReportDiagnostic(Diagnostic.Create(Rule, call.Syntax.GetLocation(), $"{call.TargetMethod.ContainingType.Name}.{call.TargetMethod.Name}", own.FullName()));
                }
            },
            OperationKind.Invocation);
    }

    private static IEnumerable<ITypeSymbol> Subjects(IInvocationOperation call)
    {
        foreach (var type in call.TargetMethod.TypeArguments)
        {
            yield return type;
        }

        foreach (var argument in call.Arguments)
        {
            if (argument.Value is ITypeOfOperation typeOf)
            {
                yield return typeOf.TypeOperand;
            }

            // A value that is handed over as object is read as what it is.
            if (argument.Value is IConversionOperation { Type.SpecialType: SpecialType.System_Object, Operand.Type: { } value })
            {
                yield return value;
            }
        }
    }

    private static bool IsGenerated(IInvocationOperation call, CancellationToken cancellationToken) => call.Arguments.Any(argument =>
        argument.Parameter?.Type.Name == "JsonSerializerOptions"
        && argument.ArgumentKind != ArgumentKind.DefaultValue
        && JsonOptionsOrigin.MayBeGenerated(argument.Value, cancellationToken));
}

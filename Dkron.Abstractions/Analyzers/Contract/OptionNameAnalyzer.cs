using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Dkron.Abstractions.Analyzers.Contract;

/// <summary>Finds declared options that bear a name of the host's own or none that a configuration could have.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class OptionNameAnalyzer : PluginAnalyzer
{
    private static readonly string[] Reserved = ["name", "forward", "when", "on_error", "timeout", "retries", "retry_backoff"];

    private static readonly DiagnosticDescriptor Rule = new(
        RuleIds.OptionName,
        "An option's name is well formed and not one of the host's",
        "The host refuses a plugin that declares the option '{0}', {1}",
        RuleCategories.Contract,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: RulePage.Of(RuleIds.OptionName));

    private static readonly Regex Form = new(@"\A[a-z0-9_]+\z", RegexOptions.CultureInvariant);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    protected override void Register(CompilationStartAnalysisContext context, PluginProject plugin)
    {
        if (plugin.Option is not { } option)
        {
            return;
        }

        context.RegisterOperationAction(
            operation =>
            {
                var assignment = (ISimpleAssignmentOperation)operation.Operation;
                if (assignment.Target is IPropertyReferenceOperation { Property: { Name: "Name", ContainingType: var type } } && SymbolEqualityComparer.Default.Equals(type, option))
                {
                    Check(operation, assignment.Value);
                }
            },
            OperationKind.SimpleAssignment);

        // A method of the plugin's own that makes options from names.
        context.RegisterOperationAction(
            operation =>
            {
                var argument = (IArgumentOperation)operation.Operation;
                if (argument.Parameter is { Name: "name", Type.SpecialType: SpecialType.System_String, ContainingSymbol: IMethodSymbol { ReturnType: var made } } && SymbolEqualityComparer.Default.Equals(made, option))
                {
                    Check(operation, argument.Value);
                }
            },
            OperationKind.Argument);
    }

    private static void Check(OperationAnalysisContext context, IOperation value)
    {
        if (value.ConstantValue is { HasValue: true, Value: string name } && Problem(name) is { } problem)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, value.Syntax.GetLocation(), name, problem));
        }
    }

    private static string? Problem(string name) =>
        Reserved.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? $"which is a key that the host reserves for itself; rename it (reserved are {string.Join(", ", Reserved)})"
            : Form.IsMatch(name) ? null : "which is no name for an option: lower-case letters, digits and _ are";
}

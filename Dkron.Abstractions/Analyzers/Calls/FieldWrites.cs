using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Dkron.Abstractions.Analyzers.Calls;

/// <summary>Finds which of a class's fields an operation writes, or whose collection it changes.</summary>
internal static class FieldWrites
{
    private static readonly string[] Changes = ["Add", "Append", "Clear", "Dequeue", "Enqueue", "Insert", "Pop", "Push", "Remove", "Replace", "TryAdd", "TryDequeue", "TryPop", "UnionWith"];

    public static IEnumerable<(ISymbol Field, IOperation Where)> Of(IOperation operation, INamedTypeSymbol type) => operation switch
    {
        ISimpleAssignmentOperation assignment => Of(assignment, type),
        IDeconstructionAssignmentOperation { Target: ITupleOperation tuple } => tuple.Elements.SelectMany(element => Target(element, type)),
        ICompoundAssignmentOperation assignment => Target(assignment.Target, type),
        IIncrementOrDecrementOperation count => Target(count.Target, type),
        IArgumentOperation { Parameter.RefKind: RefKind.Out } argument => Target(argument.Value, type),
        IInvocationOperation { Instance: { } instance } call when IsChange(call.TargetMethod) => Collection(instance, type),
        _ => [],
    };

    private static IEnumerable<(ISymbol Field, IOperation Where)> Of(ISimpleAssignmentOperation assignment, INamedTypeSymbol type)
    {
        // A constant carries nothing of an execution; volatile says that the author thought of other threads.
        var isElement = assignment.Target is IArrayElementReferenceOperation or IPropertyReferenceOperation { Property.IsIndexer: true };
        return assignment.Parent is IObjectOrCollectionInitializerOperation || (assignment.Value.ConstantValue.HasValue && !isElement)
            ? []
            : Target(assignment.Target, type).Where(target => target.Field is not IFieldSymbol { IsVolatile: true });
    }

    private static IEnumerable<(ISymbol Field, IOperation Where)> Target(IOperation target, INamedTypeSymbol type)
    {
        switch (target.Core())
        {
            case IFieldReferenceOperation field when IsShared(field, type):
                return [(field.Field, target)];
            case IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } collection }:
                return Collection(collection, type);
            case IPropertyReferenceOperation property when IsShared(property, type) && IsStored(property.Property):
                return [(property.Property, target)];
            case IArrayElementReferenceOperation { ArrayReference: var array } when array.Core() is IFieldReferenceOperation field && IsShared(field, type):
                return [(field.Field, target)];
            default:
                return [];
        }
    }

    private static IEnumerable<(ISymbol Field, IOperation Where)> Collection(IOperation instance, INamedTypeSymbol type) =>
        instance.Core() is IFieldReferenceOperation field && IsShared(field, type) && IsUnsafe(field.Type) ? [(field.Field, instance)] : [];

    private static bool IsShared(IMemberReferenceOperation member, INamedTypeSymbol type) =>
        member.Member.IsStatic
            ? SymbolEqualityComparer.Default.Equals(member.Member.ContainingAssembly, type.ContainingAssembly) && !IsOfTheThread(member.Member)
            : member.Instance?.Core() is IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance };

    private static bool IsOfTheThread(ISymbol field) => field.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "ThreadStaticAttribute");

    private static bool IsStored(IPropertySymbol property) =>
        property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));

    // Those of System.Collections.Concurrent and .Immutable are made for this.
    private static bool IsUnsafe(ITypeSymbol? type) => type?.ContainingNamespace?.ToDisplayString() switch
    {
        "System.Collections.Generic" => true,
        "System.Text" => type.Name == "StringBuilder",
        _ => false,
    };

    private static bool IsChange(IMethodSymbol method) => Changes.Any(change => method.Name.StartsWith(change, StringComparison.Ordinal));
}

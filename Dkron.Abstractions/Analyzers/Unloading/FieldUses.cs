using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Dkron.Abstractions.Analyzers.Unloading;

/// <summary>Reads from one mention of a field what is done with it there.</summary>
internal static class FieldUses
{
    public static FieldUse Of(IFieldReferenceOperation reference)
    {
        var user = reference.User();
        switch (user)
        {
            case ISimpleAssignmentOperation assignment when assignment.Target.Core() == reference:
                return OfValue(assignment.Value);
            case ICoalesceAssignmentOperation assignment when assignment.Target.Core() == reference:
                return OfValue(assignment.Value);
            case IInvocationOperation call when call.Instance?.Core() == reference:
                return OfCall(call);
            case IConditionalAccessOperation access when access.Operation.Core() == reference:
                return OfConditional(access);
            case IUsingOperation or IVariableInitializerOperation { Parent.Parent.Parent.Parent: IUsingDeclarationOperation }:
                return FieldUse.Ended;
            case IMemberReferenceOperation member when member.Instance?.Core() == reference:
                return FieldUse.None;
            case IBinaryOperation or IIsPatternOperation { Pattern: IConstantPatternOperation or INegatedPatternOperation }:
                return FieldUse.None;
            default:
                return FieldUse.Foreign;
        }
    }

    public static FieldUse OfValue(IOperation value) => value.Core() switch
    {
        ILiteralOperation or IDefaultValueOperation => FieldUse.None,
        IObjectCreationOperation => FieldUse.Made,
        // A method of the framework makes a new one; one of the project may hand out what others use as well.
        IInvocationOperation call when call.TargetMethod.DeclaringSyntaxReferences.IsEmpty => FieldUse.Made,
        IConditionalOperation { WhenFalse: { } other } either => OfValue(either.WhenTrue) | OfValue(other),
        _ => FieldUse.Foreign,
    };

    private static FieldUse OfCall(IInvocationOperation call) => OwnedResource.IsEnd(call.TargetMethod) ? FieldUse.Ended : FieldUse.None;

    private static FieldUse OfConditional(IConditionalAccessOperation access) =>
        access.WhenNotNull.DescendantsAndSelf().OfType<IInvocationOperation>().Any(call => OwnedResource.IsEnd(call.TargetMethod)) ? FieldUse.Ended : FieldUse.None;
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Dkron.Abstractions.Analyzers.Calls;

/// <summary>One wait that blocks its thread.</summary>
/// <param name="name">What it is called in code.</param>
/// <param name="remedy">What to write instead.</param>
/// <param name="waited">The task that is waited for; null when it is something else.</param>
internal sealed class BlockingWait(string name, string remedy, IOperation? waited)
{
    private const string Await = "await the task";

    public string Name => name;

    public string Remedy => remedy;

    public IOperation? Waited => waited;

    /// <summary>Null when the operation does not block.</summary>
    public static BlockingWait? Of(IOperation operation) => operation switch
    {
        IPropertyReferenceOperation { Property.Name: "Result", Instance: { } task } when task.Type.IsTaskLike() => new(".Result", Await, task),
        IInvocationOperation call => OfCall(call),
        _ => null,
    };

    /// <summary>Whether the code runs on a thread that the plugin started for it, where blocking harms nobody.</summary>
    public static bool IsOfAnOwnThread(IOperation operation) => operation.Ancestors().Any(ancestor => ancestor
        is IObjectCreationOperation { Type: { Name: "Thread", ContainingNamespace.Name: "Threading" } }
        or IInvocationOperation { TargetMethod: { Name: "StartNew", ContainingType.Name: "TaskFactory" } });

    private static BlockingWait? OfCall(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (IsOnlyALook(call))
        {
            return null;
        }

        return (method.ContainingType.Name, method.Name) switch
        {
            ("Task", "Wait") when method.ContainingType.IsTaskLike() => new(".Wait()", Await, call.Instance),
            ("Task", "WaitAll") when method.ContainingType.IsTaskLike() => new("Task.WaitAll", "await Task.WhenAll", null),
            ("Task", "WaitAny") when method.ContainingType.IsTaskLike() => new("Task.WaitAny", "await Task.WhenAny", null),
            (_, "GetResult") when Awaited(call) is { } task => new(".GetAwaiter().GetResult()", Await, task),
            ("Thread", "Sleep") => new("Thread.Sleep", "await Task.Delay with the TimeProvider of the constructor and the call's token", null),
            ("SemaphoreSlim", "Wait") => new("SemaphoreSlim.Wait", "await its WaitAsync with the call's token", null),
            ("ManualResetEventSlim" or "CountdownEvent", "Wait") => new($"{method.ContainingType.Name}.Wait", "await a TaskCompletionSource", null),
            ("WaitHandle", "WaitOne" or "WaitAll" or "WaitAny") => new($"WaitHandle.{method.Name}", "await a TaskCompletionSource or a SemaphoreSlim", null),
            _ => null,
        };
    }

    // task.GetAwaiter().GetResult(), also with ConfigureAwait in between.
    private static IOperation? Awaited(IInvocationOperation call)
    {
        if (call.Instance?.Core() is not IInvocationOperation { TargetMethod.Name: "GetAwaiter", Instance: { } awaited })
        {
            return null;
        }

        var task = awaited.Core() is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } configured } ? configured : awaited;
        return task.Type.IsTaskLike() ? task : null;
    }

    // A time of zero asks and does not wait.
    private static bool IsOnlyALook(IInvocationOperation call) => call.Arguments.Any(argument =>
        argument.Value.ConstantValue is { HasValue: true, Value: 0 }
        || argument.Value.Core() is IFieldReferenceOperation { Field: { Name: "Zero", ContainingType.Name: "TimeSpan" } });
}

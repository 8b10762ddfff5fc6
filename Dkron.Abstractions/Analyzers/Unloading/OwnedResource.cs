using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Dkron.Abstractions.Analyzers.Unloading;

/// <summary>What goes on by itself, or is known to something outside, until it is ended.</summary>
internal static class OwnedResource
{
    private static readonly Dictionary<string, string> Endings = new(StringComparer.Ordinal)
    {
        ["System.Threading.Timer"] = "Dispose",
        ["System.Threading.ITimer"] = "Dispose",
        ["System.Threading.PeriodicTimer"] = "Dispose",
        ["System.Timers.Timer"] = "Dispose",
        ["System.Threading.CancellationTokenRegistration"] = "Dispose",
        ["System.Threading.CancellationTokenSource"] = "Dispose",
        ["System.Threading.RegisteredWaitHandle"] = "Unregister",
        ["System.IO.FileSystemWatcher"] = "Dispose",
        ["System.Runtime.InteropServices.PosixSignalRegistration"] = "Dispose",
        ["System.Runtime.InteropServices.GCHandle"] = "Free",
        ["System.Diagnostics.ActivityListener"] = "Dispose",
        ["System.Diagnostics.Metrics.Meter"] = "Dispose",
        ["System.Diagnostics.Metrics.MeterListener"] = "Dispose",
        ["System.Diagnostics.Tracing.EventListener"] = "Dispose",
    };

    private static readonly HashSet<string> Ends = new(StringComparer.Ordinal) { "Dispose", "DisposeAsync", "Unregister", "Free", "Close" };

    /// <summary>The method that ends it; null when the type is none of these.</summary>
    public static string? Ending(ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            return Ending(nullable.TypeArguments[0]);
        }

        for (var candidate = type; candidate is not null and not { SpecialType: SpecialType.System_Object }; candidate = candidate.BaseType)
        {
            if (Endings.TryGetValue(candidate.OriginalDefinition.ToDisplayString(), out var ending))
            {
                return ending;
            }
        }

        return null;
    }

    public static bool IsEnd(IMethodSymbol method) =>
        Ends.Contains(method.Name)
        // A source that is cancelled has nothing left that could fire.
        || (method.ContainingType.Name == "CancellationTokenSource" && method.Name is "Cancel" or "CancelAsync");

    /// <summary>What to do about a call after which nobody can end what it has set up; null where somebody can.</summary>
    public static string? DroppedEnding(IInvocationOperation call) => (call.TargetMethod.ContainingType.Name, call.TargetMethod.Name) switch
    {
        ("ThreadPool", "RegisterWaitForSingleObject" or "UnsafeRegisterWaitForSingleObject") when call.IsDropped() => "keep what it returns in a field, and call Unregister on that in DisposeAsync",
        ("PosixSignalRegistration", "Create") when call.IsDropped() => "keep what it returns in a field, and call Dispose on that in DisposeAsync",
        ("GCHandle", "Alloc") when call.IsDropped() => "keep what it returns in a field, and call Free on that in DisposeAsync",
        // Plain counters hold nothing; what is observed is called back for as long as the meter lives.
        ("Meter", var name) when name.StartsWith("CreateObservable", StringComparison.Ordinal) && call.Instance?.Core() is IObjectCreationOperation => "keep the meter in a field, and call Dispose on that in DisposeAsync",
        _ => null,
    };
}

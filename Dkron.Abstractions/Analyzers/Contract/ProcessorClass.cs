using Microsoft.CodeAnalysis;

namespace Dkron.Abstractions.Analyzers.Contract;

/// <summary>What the host asks of the class that it makes an instance of.</summary>
internal static class ProcessorClass
{
    public static bool IsUsable(INamedTypeSymbol type) => Obstacle(type) is null;

    /// <summary>Why the host passes the class over, as the end of a sentence; null when it does not.</summary>
    public static string? Obstacle(INamedTypeSymbol type)
    {
        if (type.IsAbstract)
        {
            return "is abstract";
        }

        for (var outer = type; outer is not null; outer = outer.ContainingType)
        {
            if (outer.DeclaredAccessibility != Accessibility.Public)
            {
                return SymbolEqualityComparer.Default.Equals(outer, type) ? "is not public" : $"lies in '{outer.Name}', which is not public";
            }

            if (outer.IsGenericType)
            {
                return "is generic";
            }
        }

        return null;
    }
}

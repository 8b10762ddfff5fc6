using Microsoft.CodeAnalysis;

namespace Dkron.Abstractions.CodeFixes;

/// <summary>Finds a parameter or field that a new piece of code can use.</summary>
internal static class NameAtHand
{
    /// <summary>The name of what is of that type there: a parameter or variable first, then a field or property; null when there is nothing.</summary>
    public static string? Of(string type, SyntaxNode place, SemanticModel model) => model.LookupSymbols(place.SpanStart)
        .Where(symbol => TypeOf(symbol)?.Name == type && !symbol.IsStatic)
        .Where(symbol => symbol is not ILocalSymbol local || local.Locations[0].SourceSpan.End < place.SpanStart)
        .OrderBy(symbol => symbol is ILocalSymbol or IParameterSymbol ? 0 : 1)
        .Select(symbol => symbol.Name)
        .FirstOrDefault();

    private static ITypeSymbol? TypeOf(ISymbol symbol) => symbol switch
    {
        IParameterSymbol parameter => parameter.Type,
        ILocalSymbol local => local.Type,
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        _ => null,
    };
}

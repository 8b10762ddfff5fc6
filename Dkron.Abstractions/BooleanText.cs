namespace Dkron.Abstractions;

/// <summary>Reads yes and no as Go's strconv.ParseBool does, in any case.</summary>
internal static class BooleanText
{
    public static bool TryParse(string text, out bool result)
    {
        result = text.ToUpperInvariant() is "TRUE" or "T" or "1";
        return result || text.ToUpperInvariant() is "FALSE" or "F" or "0";
    }
}

using System.Buffers;
using System.Globalization;

namespace Dkron.Abstractions;

/// <summary>Reads a number of bytes with an optional unit that counts in 1,024.</summary>
internal static class SizeText
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");
    private const string Units = "BKMGT";

    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var trimmed = text.AsSpan().Trim();
        var digits = trimmed.IndexOfAnyExcept(NumberCharacters);
        var number = digits < 0 ? trimmed : trimmed[..digits];
        var unit = digits < 0 ? "" : trimmed[digits..].Trim().ToString().ToUpperInvariant();
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value > long.MaxValue)
        {
            return false;
        }

        var power = unit.Length == 0 ? 0 : Units.IndexOf(unit[0], StringComparison.Ordinal);
        var rest = unit.Length == 0 ? "" : unit[1..];
        if (power < 0 || rest is not ("" or "B" or "IB") || (power == 0 && rest.Length > 0))
        {
            return false;
        }

        for (var i = 0; i < power; i++)
        {
            value *= 1024;
            if (value > long.MaxValue)
            {
                return false;
            }
        }

        bytes = (long)value;
        return true;
    }
}

using System.Globalization;
using System.Text;

namespace Dkron.Host.Jobs.Problems;

/// <summary>Makes a text from outside fit to be shown on one line: bounded, and without characters that move or hide others.</summary>
internal static class DisplayText
{
    private const int MaxLength = 120;

    public static string Of(string text)
    {
        var shown = text.Length <= MaxLength ? text : text[..MaxLength];
        if (shown.Length == text.Length && !shown.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var result = new StringBuilder();
        foreach (var rune in shown.EnumerateRunes())
        {
            if (IsShown(Rune.GetUnicodeCategory(rune)))
            {
                result.Append(rune.ToString());
            }
            else
            {
                result.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            }
        }

        return shown.Length == text.Length ? result.ToString() : string.Create(CultureInfo.InvariantCulture, $"{result}… ({text.Length} characters)");
    }

    private static bool IsShown(UnicodeCategory category) => category is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}

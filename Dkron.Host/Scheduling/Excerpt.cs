using System.Globalization;
using System.Text;

namespace Dkron.Host.Scheduling;

/// <summary>Makes a piece of the user's text fit for an error message: short, on one line, nothing invisible.</summary>
internal static class Excerpt
{
    private const int MaxLength = 40;

    public static string Of(ReadOnlySpan<char> text)
    {
        var excerpt = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (excerpt.Length >= MaxLength)
            {
                return excerpt.Append('…').ToString();
            }

            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse)
            {
                excerpt.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            }
            else
            {
                excerpt.Append(rune.ToString());
            }
        }

        return excerpt.ToString();
    }
}

using System.Globalization;
using System.Text;

namespace Dkron.Host.Cli;

/// <summary>Texts from outside on one line, unable to move the cursor or to change colours.</summary>
internal static class Plain
{
    public static string OneLine(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var line = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            var isHidden = char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
            line.Append(isHidden ? ' ' : c);
        }

        return line.ToString();
    }
}

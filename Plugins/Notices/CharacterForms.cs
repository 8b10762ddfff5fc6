using System.Net;
using System.Text;

namespace Dkron.Processors.Notices;

/// <summary>How servers write a character in a JSON text, in HTML, in an address and in a form.</summary>
internal static class CharacterForms
{
    /// <summary>The longest first, so that no rest of it stays where a shorter one is its beginning.</summary>
    /// <remarks>
    /// Sources: RFC 8259, section 7 (JSON; PHP also escapes the slash); HTML Standard, 13.1.4 (character references, by name and number; PHP
    /// writes one with a leading zero); RFC 3986, section 2.1 (addresses).
    /// </remarks>
    public static IReadOnlyList<string> Of(Rune character)
    {
        var text = character.ToString();
        if (character.IsAscii && Rune.IsLetterOrDigit(character))
        {
            return [text];
        }

        string[] forms =
        [
            text,
            string.Concat(text.Select(unit => $"\\u{(int)unit:x4}")),
            $"\\{Short(text)}",
            WebUtility.HtmlEncode(text),
            $"&#{character.Value};",
            $"&#0{character.Value};",
            $"&#x{character.Value:x};",
            string.Concat(Encoding.UTF8.GetBytes(text).Select(unit => $"%{unit:x2}")),
            text == " " ? "+" : text,
        ];
        return [.. forms.Distinct(StringComparer.Ordinal).OrderByDescending(form => form.Length)];
    }

    private static string Short(string text) => text switch
    {
        "\b" => "b",
        "\f" => "f",
        "\n" => "n",
        "\r" => "r",
        "\t" => "t",
        _ => text,
    };
}

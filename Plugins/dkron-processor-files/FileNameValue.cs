using System.Security.Cryptography;
using System.Text;

namespace Dkron.Processors.Files;

/// <summary>Makes any text a safe part of a file name: no separators, no leading dot, of bounded length.</summary>
internal static class FileNameValue
{
    /// <summary>How many characters of SHA-256, in hex, end a shortened value.</summary>
    public const int HashLength = 16;

    // Neither a job's name nor a node's name has it, so a shortened value is never another one's whole value.
    private const char HashMark = '~';

    public static string Of(string text, int maxBytes)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var allowed = Rune.IsLetterOrDigit(rune) || rune.Value is '_' or '-' or '+' or '@' or '=' or ',' || (rune.Value == '.' && safe.Length > 0);
            safe.Append(allowed ? rune.ToString() : "_");
        }

        var value = safe.Length > 0 ? safe.ToString() : "_";
        return Encoding.UTF8.GetByteCount(value) <= maxBytes ? value : Shorten(value, text, maxBytes - HashLength - 1);
    }

    public static bool IsShortened(string value) => value.Length > HashLength && value[^(HashLength + 1)] == HashMark;

    private static string Shorten(string value, string text, int bytes)
    {
        var kept = new StringBuilder();
        foreach (var rune in value.EnumerateRunes())
        {
            bytes -= rune.Utf8SequenceLength;
            if (bytes < 0)
            {
                break;
            }

            kept.Append(rune.ToString());
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        return $"{kept}{HashMark}{hash[..HashLength]}";
    }
}

using System.Buffers;
using System.Globalization;

namespace Dkron.Processors.Webhook;

/// <summary>Reads the option <c>headers</c>. Problems never show a value.</summary>
internal static class ExtraHeaders
{
    /// <remarks>Source: RFC 9110, section 5.6.2, token.</remarks>
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // What the connection itself is made of.
    private static readonly string[] NotOurs = ["Host", "Content-Length", "Transfer-Encoding", "Connection", "Expect", "Upgrade", "TE", "Trailer"];

    public static bool IsName(string text) => text.Length is > 0 and <= 128 && !text.AsSpan().ContainsAnyExcept(NameCharacters);

    public static IReadOnlyList<(string Name, string Value)> Read(string text) =>
        [.. Lines(text).Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2).Select(parts => (parts[0].Trim(), parts[1].Trim()))];

    public static IEnumerable<string> Problems(string text)
    {
        var number = 0;
        foreach (var line in Lines(text))
        {
            number++;
            var parts = line.Split(':', 2);
            var problem = parts switch
            {
                { Length: 1 } => "has no colon; expected Name: value",
                [var name, _] when !IsName(name.Trim()) => "has no name of a header before its colon; expected Name: value",
                [var name, _] when NotOurs.Contains(name.Trim(), StringComparer.OrdinalIgnoreCase) => $"sets {name.Trim()}, which belongs to the connection; leave it out",
                [_, var value] when value.Any(c => c is (< ' ' and not '\t') or > '~') => "has a character in its value that is not visible ASCII",
                _ => null,
            };
            if (problem is not null)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"headers: line {number} {problem}");
            }
        }
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Dkron.Host.Execution;

/// <summary>Splits a command line into words as a shell does, without expanding anything.</summary>
internal static class ShellWords
{
    public static bool TryParse(string text, [NotNullWhen(true)] out IReadOnlyList<string>? words, [NotNullWhen(false)] out string? error)
    {
        var found = new List<string>();
        var word = new StringBuilder();
        var inWord = false;
        var quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\\' && quote != '\'' && i + 1 < text.Length)
            {
                word.Append(text[++i]);
                inWord = true;
            }
            else if (quote == '\0' ? c is '\'' or '"' : c == quote)
            {
                quote = quote == '\0' ? c : '\0';
                inWord = true;
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (inWord) { found.Add(word.ToString()); word.Clear(); inWord = false; }
            }
            else
            {
                word.Append(c);
                inWord = true;
            }
        }

        if (inWord) { found.Add(word.ToString()); }

        error = quote != '\0' ? $"has no closing {quote}" : null;
        words = error is null ? found : null;
        return error is null;
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Dkron.Host.Execution;

/// <summary>Splits a command line into words as a POSIX shell does, and expands nothing.</summary>
/// <remarks>
/// Source: POSIX.1-2017, Shell Command Language, 2.2 Quoting. What a shell would act upon otherwise ($, `, |, ;, &amp;, &lt;, &gt;, *,
/// #) is text like any other here: a job that wants it says <c>shell: true</c>.
/// </remarks>
internal static class ShellWords
{
    /// <summary>Splits a text; an empty one has no words. When that is impossible the error says what is wrong and where.</summary>
    public static bool TryParse(string text, out IReadOnlyList<string> words, [NotNullWhen(false)] out string? error)
    {
        var found = new List<string>();
        var word = new StringBuilder();
        var inWord = false;
        words = found;
        error = null;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case ' ' or '\t' or '\n':
                    End(found, word, ref inWord);
                    break;
                case '\\' when i + 1 < text.Length && text[i + 1] == '\n':
                    i++;
                    break;
                case '\\' when i + 1 == text.Length:
                    error = $"the backslash at the end of the line, at character {i + 1}, escapes nothing";
                    break;
                case '\\':
                    inWord = true;
                    word.Append(text[++i]);
                    break;
                case '\'' or '"':
                    inWord = true;
                    error = Quoted(text, ref i, word);
                    break;
                default:
                    inWord = true;
                    word.Append(text[i]);
                    break;
            }

            if (error is not null)
            {
                words = [];
                return false;
            }
        }

        End(found, word, ref inWord);
        return true;
    }

    /// <summary>Takes a quoted part, from its first quote to its last.</summary>
    private static string? Quoted(string text, ref int i, StringBuilder word)
    {
        var start = i;
        var quote = text[i];
        for (i++; i < text.Length && text[i] != quote; i++)
        {
            // Within double quotes a backslash is one unless it stands before a character that is special there.
            if (quote == '"' && text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '$' or '`' or '"' or '\\' or '\n')
            {
                if (text[++i] != '\n')
                {
                    word.Append(text[i]);
                }

                continue;
            }

            word.Append(text[i]);
        }

        return i < text.Length ? null : $"the {(quote == '"' ? "double" : "single")} quote at character {start + 1} is never closed";
    }

    private static void End(List<string> words, StringBuilder word, ref bool inWord)
    {
        if (inWord)
        {
            words.Add(word.ToString());
            word.Clear();
            inWord = false;
        }
    }
}

using System.Text;

namespace Dkron.Processors.Webhook;

/// <summary>Makes an output fit for a block of code: it cannot end the block, and control characters are seen and do nothing.</summary>
internal static class CodeText
{
    private const char ZeroWidthSpace = '\u200B';
    private const int ControlPictures = 0x2400;
    private const char DeletePicture = '\u2421';

    public static string Of(string text)
    {
        var result = new StringBuilder(text.Length);
        var previous = '\0';
        foreach (var c in text.TrimEnd('\n', '\r').Replace("\r\n", "\n", StringComparison.Ordinal))
        {
            // Two backquotes in a row would become three with the fence's first one.
            if (c == '`' && previous == '`')
            {
                result.Append(ZeroWidthSpace);
            }

            result.Append(c switch
            {
                '\n' or '\t' => c,
                < ' ' => (char)(ControlPictures + c),
                '\u007F' => DeletePicture,
                _ => c,
            });
            previous = c;
        }

        return result.ToString();
    }
}

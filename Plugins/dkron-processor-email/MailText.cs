using System.Text;

namespace Dkron.Processors.Email;

/// <summary>Makes texts from outside fit for a mail.</summary>
internal static class MailText
{
    private const int MaxSubject = 400;
    private const int ControlPictures = 0x2400;
    private const char DeletePicture = '\u2421';

    /// <summary>One line, so that it can be no more than one header.</summary>
    public static string Header(string text)
    {
        var line = string.Join(' ', text.Split([.. text.Where(c => char.IsControl(c) || c is '\u2028' or '\u2029').Distinct(), ' '], StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MaxSubject ? line : string.Concat(line.AsSpan(0, char.IsHighSurrogate(line[MaxSubject - 1]) ? MaxSubject - 1 : MaxSubject), "…");
    }

    /// <summary>Lines; what else controls a terminal is seen and does nothing.</summary>
    public static string Body(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text.ReplaceLineEndings("\n"))
        {
            result.Append(c switch
            {
                '\n' or '\t' => c,
                < ' ' => (char)(ControlPictures + c),
                '\u007F' => DeletePicture,
                _ => c,
            });
        }

        return result.ToString();
    }
}

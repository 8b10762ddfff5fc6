using System.Globalization;
using System.Text;

namespace Dkron.Host.Plugins;

/// <summary>Text that a plugin wrote, fit for one line of the log: it can neither begin a line that looks like the host's own nor move the cursor.</summary>
internal static class LogText
{
    public static string OneLine(string text)
    {
        if (!text.Any(char.IsControl))
        {
            return text;
        }

        var line = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            _ = c switch
            {
                '\n' => line.Append("\\n"),
                '\r' => line.Append("\\r"),
                '\t' => line.Append("\\t"),
                _ when char.IsControl(c) => line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => line.Append(c),
            };
        }

        return line.ToString();
    }
}

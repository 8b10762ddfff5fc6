using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Dkron.Host.Jobs;

/// <summary>A job's name: lower-case letters, decimal digits 0-9, <c>_</c> and <c>-</c>, at most 128 characters.</summary>
internal sealed record JobName
{
    public const int MaxLength = 128;

    private JobName(string text) => Text = text;

    public string Text { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out JobName? name, [NotNullWhen(false)] out string? error)
    {
        name = null;
        error = text.Length == 0 ? "is empty" : text.Length > MaxLength ? $"is longer than {MaxLength} characters" : null;
        foreach (var c in text)
        {
            if (error is null && c is not ((>= '0' and <= '9') or '_' or '-') && char.GetUnicodeCategory(c) != UnicodeCategory.LowercaseLetter)
            {
                error = $"contains illegal character '{c}'; lower-case letters, digits, _ and - are allowed";
            }
        }

        name = error is null ? new JobName(text) : null;
        return error is null;
    }

    public override string ToString() => Text;
}

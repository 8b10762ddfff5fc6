using System.Text;
using System.Text.RegularExpressions;

namespace Dkron.Processors.Notices;

/// <summary>Takes secrets out of what others said: a server may repeat in its answer what it was sent, in the form that its answer has.</summary>
internal sealed class SecretScrub
{
    private const string Mask = "***";

    // A shorter piece would be found in any text.
    private const int LeastLength = 3;

    private readonly List<(Regex Pattern, int Longest)> _secrets;

    public SecretScrub(IEnumerable<string> secrets) => _secrets =
    [
        .. secrets.Where(secret => secret.Length >= LeastLength).SelectMany(Texts).Distinct(StringComparer.Ordinal).Select(InAnyForm).OrderByDescending(secret => secret.Longest),
    ];

    /// <summary>How much of a text that was cut may be the beginning of a secret.</summary>
    public int Longest => _secrets.Select(secret => secret.Longest).FirstOrDefault();

    public string Of(string text) => _secrets.Aggregate(text, (rest, secret) => secret.Pattern.Replace(rest, Mask));

    private static IEnumerable<string> Texts(string secret) => [secret, Uri.UnescapeDataString(secret), Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('=')];

    /// <remarks>Each character for itself: which of them are escaped, and how, differs from server to server.</remarks>
    private static (Regex Pattern, int Longest) InAnyForm(string text)
    {
        var characters = text.EnumerateRunes().Select(CharacterForms.Of).ToList();
        var pattern = string.Concat(characters.Select(forms => $"(?:{string.Join('|', forms.Select(Regex.Escape))})"));
        return (new Regex(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant), characters.Sum(forms => forms[0].Length));
    }
}

using System.Text;

namespace Dkron.Processors.Notices;

/// <summary>Takes secrets out of what others said: a server may repeat in its answer what it was sent.</summary>
internal sealed class SecretScrub
{
    private const string Mask = "***";

    // A shorter piece would be found in any text.
    private const int LeastLength = 3;

    private readonly List<string> _forms;

    public SecretScrub(IEnumerable<string> secrets) => _forms =
    [
        .. secrets.Where(secret => secret.Length >= LeastLength).SelectMany(Forms).Distinct(StringComparer.Ordinal).OrderByDescending(form => form.Length),
    ];

    /// <summary>How much of a text that was cut may be the beginning of a secret.</summary>
    public int Longest => _forms.Select(form => form.Length).FirstOrDefault();

    public string Of(string text) => _forms.Aggregate(text, (rest, form) => rest.Replace(form, Mask, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Forms(string secret) =>
        [secret, Uri.EscapeDataString(secret), Uri.UnescapeDataString(secret), Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('=')];
}

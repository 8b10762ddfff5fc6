using System.Globalization;
using Dkron.Abstractions;

namespace Dkron.Host.Api;

/// <summary>Reads a moment as people write it: a time of RFC 3339, or how long ago it was.</summary>
internal static class MomentText
{
    public const string Expected = "is not a time; expected one like 2026-01-31T18:00:00Z, or how long ago, like 2h";

    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public static bool TryParse(string text, DateTimeOffset now, out DateTimeOffset moment)
    {
        // Without a zone at its end a time would be read as local to whoever runs the parser.
        var hasZone = text.Length > 6 && (text[^1] is 'Z' || text[^6] is '+' or '-');
        if (hasZone && DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out moment))
        {
            return true;
        }

        moment = default;
        if (!DurationText.TryParse(text, out var ago) || ago < TimeSpan.Zero || ago > now - DateTimeOffset.MinValue)
        {
            return false;
        }

        moment = now - ago;
        return true;
    }
}

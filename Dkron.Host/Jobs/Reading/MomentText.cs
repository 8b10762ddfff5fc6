using System.Globalization;
using System.Text.RegularExpressions;

namespace Dkron.Host.Jobs.Reading;

/// <summary>Reads moments as Dkron does: RFC 3339, or <c>2006-01-02T15:04</c> in UTC, which is what HTML's datetime-local gives.</summary>
internal static partial class MomentText
{
    public static bool TryParse(string text, out DateTimeOffset moment)
    {
        moment = default;
        if (Local().IsMatch(text))
        {
            return DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment);
        }

        // Go writes up to nine digits of a second; what is below 100 ns is cut.
        var match = Full().Match(text);
        return match.Success && DateTimeOffset.TryParseExact(
            $"{match.Groups["seconds"].Value}.{match.Groups["fraction"].Value.PadRight(7, '0')[..7]}{match.Groups["offset"].Value.Replace("Z", "+00:00", StringComparison.Ordinal)}",
            "yyyy-MM-dd'T'HH:mm:ss.fffffffzzz",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out moment);
    }

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}\z")]
    private static partial Regex Local();

    [GeneratedRegex(@"\A(?<seconds>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.(?<fraction>[0-9]{1,9}))?(?<offset>Z|[+-][0-9]{2}:[0-9]{2})\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Full();
}

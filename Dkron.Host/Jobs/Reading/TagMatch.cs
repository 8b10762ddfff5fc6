using System.Globalization;

namespace Dkron.Host.Jobs.Reading;

/// <summary>Says whether a job's tags select this node.</summary>
/// <remarks>
/// A value is <c>v</c> or <c>v:n</c>, n being on how many nodes; of a value with more colons only the first part counts, without a number.
/// All must match. Source: dkron/tags.go of Dkron 4.0.9. A number that is none selects nobody there; here it is a problem.
/// </remarks>
internal sealed class TagMatch(IReadOnlyDictionary<string, string> node)
{
    /// <summary>Why this node is not selected; null when it is. A node without tags takes every job.</summary>
    public string? NotSelected(IReadOnlyDictionary<string, string> tags)
    {
        if (node.Count == 0)
        {
            return null;
        }

        foreach (var (name, text) in tags)
        {
            var wanted = text.Split(':')[0];
            if (!node.TryGetValue(name, out var own))
            {
                return $"it wants a node with the tag {name}={wanted}, and this one has no tag {name}";
            }

            if (own != wanted)
            {
                return $"it wants a node with the tag {name}={wanted}, and this one has {name}={own}";
            }

            if (TryCount(text, out var count) && count == 0)
            {
                return $"its tag {name}={text} asks for no node at all";
            }
        }

        return null;
    }

    /// <summary>Whether a value with a number has a number that can be read.</summary>
    public static bool TryCount(string text, out int count)
    {
        var parts = text.Split(':');
        count = 1;
        return parts.Length != 2 || int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out count);
    }
}

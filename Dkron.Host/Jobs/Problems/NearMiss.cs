namespace Dkron.Host.Jobs.Problems;

/// <summary>Finds what was probably meant by a misspelt name.</summary>
internal sealed class NearMiss
{
    // A file can hold a million misspelt names among a million right ones: what it costs to guess is bounded, the problems are reported all the same.
    private const int MaxLength = 64;
    private const int MaxWork = 2_000_000;
    private int _work;

    public string? Find(string text, IEnumerable<string> candidates)
    {
        if (text.Length is 0 or > MaxLength)
        {
            return null;
        }

        var allowed = Math.Min(text.Length - 1, text.Length <= 4 ? 1 : 1 + (text.Length / 5));
        string? nearest = null;
        foreach (var candidate in candidates)
        {
            if (++_work > MaxWork)
            {
                return nearest;
            }

            if (string.Equals(text, candidate, StringComparison.OrdinalIgnoreCase))
            {
                return candidate;
            }

            if (candidate.Length <= MaxLength && Math.Abs(candidate.Length - text.Length) <= allowed)
            {
                _work += text.Length;
                var distance = Distance(text, candidate);
                if (distance <= allowed)
                {
                    nearest = candidate;
                    allowed = distance - 1;
                }
            }
        }

        return nearest;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that make one text of the other.</summary>
    /// <remarks>Source: optimal string alignment, the restricted Damerau-Levenshtein distance.</remarks>
    private static int Distance(string left, string right)
    {
        Span<int> before = stackalloc int[MaxLength + 1];
        Span<int> above = stackalloc int[MaxLength + 1];
        Span<int> row = stackalloc int[MaxLength + 1];
        for (var j = 0; j <= right.Length; j++)
        {
            above[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var same = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]);
                row[j] = Math.Min(Math.Min(row[j - 1], above[j]) + 1, above[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }

            var free = before;
            before = above;
            above = row;
            row = free;
        }

        return above[right.Length];
    }
}

namespace Dkron.Host.Tests.Plugins;

/// <summary>Counts durations of one thread in buckets of 4 %, from 1 ns up.</summary>
internal sealed class LatencyCounts
{
    private const int InDoubling = 16;

    private readonly long[] _counts = new long[64 * InDoubling];

    public void Add(TimeSpan duration) => _counts[(int)(Math.Log2(Math.Max(1, duration.TotalNanoseconds)) * InDoubling)]++;

    public void Clear() => Array.Clear(_counts);

    /// <summary>The duration that a share of all do not exceed, such as 0.99.</summary>
    public static TimeSpan Quantile(IEnumerable<LatencyCounts> parts, double share)
    {
        var all = new long[64 * InDoubling];
        foreach (var part in parts)
        {
            for (var i = 0; i < all.Length; i++)
            {
                all[i] += part._counts[i];
            }
        }

        var left = (long)Math.Ceiling(all.Sum() * share);
        var bucket = 0;
        while (bucket < all.Length - 1 && (left -= all[bucket]) > 0)
        {
            bucket++;
        }

        return TimeSpan.FromMicroseconds(Math.Pow(2, (bucket + 1) / (double)InDoubling) / 1000);
    }
}

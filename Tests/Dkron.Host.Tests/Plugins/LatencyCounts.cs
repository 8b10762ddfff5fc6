namespace Dkron.Host.Tests.Plugins;

/// <summary>Counts durations of one thread in buckets of 4 %, from 1 ns up.</summary>
internal sealed class LatencyCounts
{
    private const int InDoubling = 16;

    private readonly long[] _counts = new long[64 * InDoubling];

    public void Add(TimeSpan duration) => _counts[(int)(Math.Log2(Math.Max(1, duration.TotalNanoseconds)) * InDoubling)]++;

    public void Clear() => Array.Clear(_counts);

    /// <summary>Adds what others counted.</summary>
    public void Add(IEnumerable<LatencyCounts> others)
    {
        foreach (var other in others)
        {
            for (var i = 0; i < _counts.Length; i++)
            {
                _counts[i] += other._counts[i];
            }
        }
    }

    /// <summary>The duration that a share of all do not exceed, such as 0.99; 1 gives the longest.</summary>
    public TimeSpan Quantile(double share)
    {
        var left = (long)Math.Ceiling(_counts.Sum() * share);
        var bucket = 0;
        while (bucket < _counts.Length - 1 && (left -= _counts[bucket]) > 0)
        {
            bucket++;
        }

        return TimeSpan.FromMicroseconds(Math.Pow(2, (bucket + 1) / (double)InDoubling) / 1000);
    }
}

namespace Dkron.Host.Scheduling;

/// <summary>The number by which <c>~</c> spreads jobs over a field.</summary>
internal static class Spread
{
    /// <summary>The least common multiple of 60, 24, 28, 12 and 7: names that are equal modulo it are equal in every field.</summary>
    private const int Period = 840;

    /// <summary>The sum of the name's code points.</summary>
    /// <remarks>Source: Dkron 4.0.9, job.go, <c>scheduleHash</c>.</remarks>
    public static int Of(string jobName)
    {
        var sum = 0;
        foreach (var rune in jobName.EnumerateRunes())
        {
            sum = (sum + rune.Value) % Period;
        }

        return sum;
    }
}

using Dkron.Host.Jobs;

namespace Dkron.Host.Processing;

/// <summary>Whether and when a step that did not work is tried again.</summary>
/// <remarks>
/// The first wait is the step's <c>retry_backoff</c>, each further one twice as long, up to an hour. Of each wait a part between
/// one half and all is waited, so that what failed together does not come back together.
/// </remarks>
internal static class RetryPlan
{
    /// <summary>Of a step whose processor declares itself a delivery. Any other has none.</summary>
    public const int RetriesOfDelivery = 3;

    public static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>What a processor asks for is a least wait, but not for ever.</summary>
    public static readonly TimeSpan LongestAskedFor = TimeSpan.FromDays(7);

    /// <param name="step">The step.</param>
    /// <param name="isDelivery">Whether its processor is known to be a delivery.</param>
    public static int RetriesOf(ProcessorStep step, bool isDelivery) => step.Retries ?? (isDelivery ? RetriesOfDelivery : 0);

    /// <summary>How long to wait after a try.</summary>
    /// <param name="step">The step.</param>
    /// <param name="tries">How many tries there were, from 1.</param>
    /// <param name="least">What the processor asked for; zero when it left it to the host.</param>
    /// <param name="chance">From 0 to 1.</param>
    public static TimeSpan WaitAfter(ProcessorStep step, int tries, TimeSpan least, double chance)
    {
        var first = step.RetryBackoff ?? FirstWait;
        var longest = first > LongestWait ? first : LongestWait;
        var full = Math.Min(first.Ticks * Math.Pow(2, Math.Max(0, tries - 1)), longest.Ticks);
        var wait = TimeSpan.FromTicks((long)(full * (0.5 + (chance / 2))));
        least = least < LongestAskedFor ? least : LongestAskedFor;
        return wait > least ? wait : least;
    }
}

namespace Dkron.Host.Records;

/// <summary>Times as they are stored: nanoseconds after 1970 in UTC. What lies beyond 1678 or 2262 is moved to these.</summary>
internal static class UnixNanoseconds
{
    private const long LargestTicks = long.MaxValue / TimeSpan.NanosecondsPerTick;

    public static long From(DateTimeOffset time) =>
        Math.Clamp(time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks, -LargestTicks, LargestTicks) * TimeSpan.NanosecondsPerTick;

    public static long? From(DateTimeOffset? time) => time is { } known ? From(known) : null;

    public static DateTimeOffset ToTime(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);

    public static DateTimeOffset? ToTime(long? nanoseconds) => nanoseconds is { } known ? ToTime(known) : null;
}

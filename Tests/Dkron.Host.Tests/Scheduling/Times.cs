using System.Globalization;
using Dkron.Host.Scheduling;

namespace Dkron.Host.Tests.Scheduling;

/// <summary>Short ways to say times and schedules.</summary>
internal static class Times
{
    public static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    public static Schedule Schedule(string text, string timeZone = "UTC", string jobName = "test_job")
    {
        Dkron.Host.Scheduling.Schedule.TryParse(text, timeZone, jobName, out var schedule, out var error).Should().BeTrue("'{0}' is a schedule: {1}", text, error);
        return schedule!;
    }

    public static string Error(string text, string timeZone = "UTC")
    {
        Dkron.Host.Scheduling.Schedule.TryParse(text, timeZone, "test_job", out _, out var error).Should().BeFalse("'{0}' is no schedule", text);
        return error!;
    }

    /// <summary>The next due times as text, with the offset of the zone.</summary>
    public static string[] Following(string schedule, string timeZone, string after, int count)
        => [.. ScheduleTimes.Following(Schedule(schedule, timeZone), At(after), count).Select(Text)];

    public static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);
}

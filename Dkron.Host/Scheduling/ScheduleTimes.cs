namespace Dkron.Host.Scheduling;

/// <summary>Lists due times for people.</summary>
internal static class ScheduleTimes
{
    /// <summary>At most <paramref name="count"/> due times after a moment, in order; fewer when there are no more.</summary>
    /// <remarks><c>@every</c> counts from <paramref name="after"/>, as for a job that is first seen then.</remarks>
    public static IEnumerable<DateTimeOffset> Following(Schedule schedule, DateTimeOffset after, int count)
    {
        var due = schedule.Next(after, after);
        for (var i = 0; i < count && due is { } time; i++)
        {
            yield return time;
            due = schedule.Next(time, after);
        }
    }
}

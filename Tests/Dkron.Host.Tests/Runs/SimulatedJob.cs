using System.Globalization;

namespace Dkron.Host.Tests.Runs;

/// <summary>A job of the simulation, with a reckoning of its due times that shares nothing with the product's.</summary>
internal sealed class SimulatedJob
{
    private readonly int _minute;
    private readonly int _hour;
    private readonly int _kind;
    private readonly int _parameter;

    public SimulatedJob(int number, Random random, IReadOnlyList<string> zones)
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"job-{number}");
        Zone = zones[number % zones.Count];
        (_minute, _hour, _kind) = (random.Next(60), random.Next(24), random.Next(10));
        _parameter = _kind switch { < 5 => 0, < 7 => random.Next(7), < 8 => random.Next(1, 29), < 9 => 6, _ => random.Next(5 * 3600, 40 * 3600) };
        Misfire = new[] { "skip", "once", "all" }[random.Next(3)];
        Deadline = random.Next(3) == 0 ? string.Create(CultureInfo.InvariantCulture, $"{random.Next(1, 100_000)}s") : null;
    }

    public string Name { get; }

    public string Zone { get; }

    public string Misfire { get; }

    public string? Deadline { get; }

    public string Schedule => string.Create(CultureInfo.InvariantCulture, $"{_kind switch
    {
        < 5 => $"0 {_minute} {_hour} * * *",
        < 7 => $"0 {_minute} {_hour} * * {_parameter}",
        < 8 => $"0 {_minute} {_hour} {_parameter} * *",
        < 9 => $"0 {_minute} */{_parameter} * * *",
        _ => $"@every {_parameter}s",
    }}");

    /// <summary>When it is due after a moment and up to another, found by looking at what the zone's clocks show in each minute.</summary>
    public IReadOnlyList<DateTimeOffset> Due(DateTimeOffset after, DateTimeOffset until, DateTimeOffset firstSeen, DateTime[] shown, DateTime[] latestShown, DateTimeOffset start)
    {
        var due = _kind switch
        {
            9 => Every(firstSeen, until),
            8 => shown.Select((local, i) => (local, i)).Where(one => one.local.Minute == _minute && one.local.Hour % _parameter == 0).Select(one => start.AddMinutes(one.i)),
            _ => Days(latestShown).Where(day => IsDay(day)).Select(day => start.AddMinutes(FirstAtOrAfter(latestShown, day.AddHours(_hour).AddMinutes(_minute)))),
        };
        return [.. due.Where(time => time > after && time <= until)];
    }

    private bool IsDay(DateTime day) => _kind < 5 || (_kind < 7 ? (int)day.DayOfWeek == _parameter : day.Day == _parameter);

    private IEnumerable<DateTimeOffset> Every(DateTimeOffset firstSeen, DateTimeOffset until)
    {
        for (var time = DateTimeOffset.FromUnixTimeSeconds(firstSeen.ToUnixTimeSeconds()); time <= until; time = time.AddSeconds(_parameter))
        {
            yield return time;
        }
    }

    private static IEnumerable<DateTime> Days(DateTime[] latestShown)
    {
        for (var day = latestShown[0].Date; day < latestShown[^1].Date; day = day.AddDays(1))
        {
            yield return day;
        }
    }

    /// <summary>The first minute in which the clocks show a time or have passed it.</summary>
    private static int FirstAtOrAfter(DateTime[] latestShown, DateTime time)
    {
        var found = Array.BinarySearch(latestShown, time);
        found = found < 0 ? ~found : found;
        while (found > 0 && latestShown[found - 1] >= time)
        {
            found--;
        }

        return found;
    }
}

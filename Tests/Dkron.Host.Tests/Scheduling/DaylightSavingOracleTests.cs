using System.Collections.Concurrent;
using Dkron.Host.Scheduling;

namespace Dkron.Host.Tests.Scheduling;

/// <summary>
/// Generated schedules against a brute-force search, minute by minute, in every zone of the tz database: two days around every change of
/// the clocks and a sample of days between. DKRON_TEST_ROUNDS=20 makes twenty times as many of them.
/// </summary>
public sealed class DaylightSavingOracleTests
{
    private const int FirstYear = 2010;
    private const int LastYear = 2036; // .NET misreads a few zones from 2038 on, see the README beside Schedule
    private const int SchedulesPerWindow = 2;
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("DKRON_TEST_ROUNDS"), out var rounds) ? rounds : 1;

    [Fact]
    public void No_zone_and_no_schedule_differs_from_a_search_minute_by_minute()
    {
        var differences = new ConcurrentBag<string>();
        var (schedules, windows) = (0, 0);

        Parallel.ForEach(AllZones(), (zone, _, index) =>
        {
            var random = new Random((int)index);
            foreach (var window in Windows(zone, random))
            {
                Interlocked.Increment(ref windows);
                for (var i = 0; i < SchedulesPerWindow * Rounds; i++)
                {
                    Interlocked.Increment(ref schedules);
                    Compare(window, random, differences);
                }
            }
        });

        differences.Take(5).Should().BeEmpty();
        windows.Should().BeGreaterThan(3_000);
        schedules.Should().BeGreaterThan(10_000);
    }

    private static void Compare(ZoneWindow window, Random random, ConcurrentBag<string> differences)
    {
        var jobName = $"job-{random.Next(1000)}";
        var expected = new GeneratedSchedule(random, jobName.Sum(c => c));
        if (!Schedule.TryParse(expected.Text, window.Zone.Id, jobName, out var schedule, out var error))
        {
            var days = Enumerable.Range(0, 12_000).Select(d => new DateTime(2000, 1, 1).AddDays(d));
            if (!error.StartsWith("can never be due", StringComparison.Ordinal) || days.Any(expected.MatchesDay))
            {
                differences.Add($"'{expected}' refused: {error}");
            }

            return;
        }

        var due = window.Due(expected);
        var found = new List<DateTime>();
        for (var next = schedule.Next(window.Start.AddTicks(-1), default); next is { } time && time.UtcDateTime < window.End && found.Count <= due.Count; next = schedule.Next(time, default))
        {
            found.Add(time.UtcDateTime);
            if (time.Offset != window.Zone.GetUtcOffset(time.UtcDateTime))
            {
                differences.Add($"{window.Zone.Id} '{expected}': {time:O} has the wrong offset");
            }
        }

        if (!found.SequenceEqual(due))
        {
            var at = found.Zip(due).TakeWhile(pair => pair.First == pair.Second).Count();
            differences.Add($"{window.Zone.Id} '{expected}' of {jobName} from {window.Start:O}: due {(at < due.Count ? due[at].ToString("O") : "no more")}, found {(at < found.Count ? found[at].ToString("O") : "no more")}");
        }

        // The search may begin anywhere, also between two times that look the same.
        var after = window.Start.AddTicks(random.NextInt64((window.End - window.Start).Ticks / 2));
        var first = due.FirstOrDefault(d => d > after);
        if (first != default && schedule.Next(after, default) is var other && other?.UtcDateTime != first)
        {
            differences.Add($"{window.Zone.Id} '{expected}' of {jobName} after {after:O}: due {first:O}, found {other:O}");
        }
    }

    private static IEnumerable<ZoneWindow> Windows(TimeZoneInfo zone, Random random)
    {
        var end = new DateTime(LastYear + 1, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var at = new DateTime(FirstYear, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        for (var sample = at.AddDays(random.Next(4000)); sample < end; sample = sample.AddDays(random.Next(1, 4000)))
        {
            yield return new ZoneWindow(zone, sample.AddMinutes(random.Next(1440)), TimeSpan.FromDays(2));
        }

        for (; at < end; at = at.AddHours(16))
        {
            if (zone.GetUtcOffset(at) == zone.GetUtcOffset(at.AddHours(16)))
            {
                continue;
            }

            var change = at;
            while (zone.GetUtcOffset(change) == zone.GetUtcOffset(change.AddMinutes(15)))
            {
                change = change.AddMinutes(15);
            }

            yield return new ZoneWindow(zone, change.AddDays(-1).AddMinutes(15), TimeSpan.FromDays(2));
        }
    }

    /// <summary>What the framework lists, and the names of the tz database that it does not list: old names and whole offsets.</summary>
    private static List<TimeZoneInfo> AllZones()
    {
        var zones = TimeZoneInfo.GetSystemTimeZones().ToDictionary(z => z.Id);
        const string Source = "/usr/share/zoneinfo/tzdata.zi";
        var names = File.Exists(Source)
            ? File.ReadLines(Source).Select(line => line.Split(' ')).Where(w => w[0] is "Z" or "L").Select(w => w[0] == "Z" ? w[1] : w[2])
            : [];
        foreach (var name in names)
        {
            if (!zones.ContainsKey(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
            {
                zones[name] = zone;
            }
        }

        return [.. zones.Values.OrderBy(z => z.Id, StringComparer.Ordinal)];
    }
}

using System.Globalization;
using System.Text.RegularExpressions;
using Dkron.Abstractions;
using Dkron.Host.Records;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Runs;

/// <summary>A thousand jobs in forty zones, while the clock is set, the machine sleeps and the host is stopped.</summary>
/// <remarks>A few days with many such events; with DKRON_SIMULATED_DAYS=365 a year with two hundred of them.</remarks>
public sealed partial class SimulatedTimeTests(ITestOutputHelper output) : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 28, 12, 0, 30, TimeSpan.Zero);
    private static readonly RecordOptions KeepAll = new() { MaxAge = TimeSpan.FromDays(9000), MaxExecutionsPerJob = 10_000_000 };
    private readonly RunsFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Start);
    private readonly Random _random = new(2026);
    private readonly List<SimulatedJob> _jobs = [];
    private RunsHost? _host;
    private DateTimeOffset _latest = Start;

    /// <summary>What the clock was corrected to, and how far it had come.</summary>
    private readonly List<(DateTimeOffset To, DateTimeOffset From)> _corrections = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_firing_that_is_due_is_run_exactly_once_or_recorded_as_skipped_with_the_reason()
    {
        var days = int.TryParse(Environment.GetEnvironmentVariable("DKRON_SIMULATED_DAYS"), CultureInfo.InvariantCulture, out var given) ? given : 4;
        var events = days >= 365 ? 200 : 30;
        var zones = TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id).Where(id => id.Contains('/', StringComparison.Ordinal) && !NotRead(id)).Order(StringComparer.Ordinal).ToList();
        zones = [.. Enumerable.Range(0, 40).Select(i => zones[i * zones.Count / 40])];
        _jobs.AddRange(Enumerable.Range(0, 1000).Select(i => new SimulatedJob(i, _random, zones)));
        RunsHost.Write(_folder.Path, _jobs.ToDictionary(job => job.Name, Settings));
        await StartAsync();
        var firstSeen = _host!.Records.HistoryOf(_jobs[0].Name)!.FirstSeenAt;

        var end = Start.AddDays(days);
        var clocks = zones.ToDictionary(id => id, id => Clocks(id, end.AddDays(5)));
        var due = _jobs.ToDictionary(job => job.Name, job => job.Due(firstSeen, end.AddDays(4), firstSeen, clocks[job.Zone].Shown, clocks[job.Zone].Latest, Minute(Start)));
        var moments = new SortedSet<DateTimeOffset>(due.Values.SelectMany(times => times));
        var eventEvery = TimeSpan.FromDays(days) / events;
        for (var nextEvent = Start + eventEvery; _latest < end; nextEvent += eventEvery)
        {
            for (var next = Next(moments); next < nextEvent && next < end; next = Next(moments))
            {
                _time.Advance(next - _time.GetUtcNow());
                await SettleAsync();
            }

            await HappenAsync();
            nextEvent = nextEvent > _time.GetUtcNow() ? nextEvent : _time.GetUtcNow();
        }

        await SettleAsync();
        await SettleAsync();
        var recorded = _host.Recorded.Where(one => one.Trigger == ExecutionTrigger.Schedule).ToLookup(one => one.JobName);
        await _host.DisposeAsync();

        var (runs, skips) = (0, 0);
        foreach (var job in _jobs)
        {
            recorded[job.Name].Where(one => !one.Success && !(one.Status == ExecutionStatus.Skipped && (one.Error!.Contains("missed") || one.Error.Contains("stopping") || one.Error.Contains("ran for this due time")))).Should().BeEmpty(job.Schedule);
            var covered = recorded[job.Name].SelectMany(one => Covered(one, due[job.Name])).Order().ToList();
            covered.Should().Equal(due[job.Name].SelectMany(time => Enumerable.Repeat(time, Comes(time))), "{0}: {1} in {2}, misfire {3}", job.Name, job.Schedule, job.Zone, job.Misfire);
            recorded[job.Name].Where(one => one.Success).Select(one => one.ScheduledAt).Should().OnlyHaveUniqueItems("what ran does not run again");
            runs += recorded[job.Name].Count(one => one.Success);
            skips += recorded[job.Name].Count(one => !one.Success);
        }

        output.WriteLine($"{days} days, {events} events: {runs} runs, {skips} records of missed firings");
        runs.Should().BeGreaterThan(days * 300);
        skips.Should().BeGreaterThan(100);
    }

    /// <summary>How often the clock came to a time that it had not come to before, or only before it was corrected.</summary>
    private int Comes(DateTimeOffset time) => (time <= _latest ? 1 : 0) + _corrections.Count(correction => time > correction.To && time <= correction.From);

    /// <summary>The zones whose rules .NET misreads; the documentation names them.</summary>
    private static bool NotRead(string id) => id is "Africa/Cairo" or "America/Nuuk" or "America/Godthab" or "America/Santiago" or "America/Scoresbysund" or "Asia/Jerusalem" or "Asia/Tel_Aviv";

    private static object Settings(SimulatedJob job)
    {
        var settings = new Dictionary<string, object> { ["schedule"] = job.Schedule, ["timezone"] = job.Zone, ["command"] = "true", ["misfire"] = job.Misfire };
        if (job.Deadline is { } deadline)
        {
            settings["starting_deadline"] = deadline;
        }

        return settings;
    }

    private static DateTimeOffset Minute(DateTimeOffset time) => new(time.Year, time.Month, time.Day, time.Hour, time.Minute, 0, TimeSpan.Zero);

    /// <summary>What a zone's clocks show in each minute, and the latest that they have shown by then.</summary>
    private static (DateTime[] Shown, DateTime[] Latest) Clocks(string id, DateTimeOffset end)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
        var start = Minute(Start);
        var shown = Enumerable.Range(0, (int)(end - start).TotalMinutes).Select(i => TimeZoneInfo.ConvertTime(start.AddMinutes(i), zone).DateTime).ToArray();
        var latest = (DateTime[])shown.Clone();
        for (var i = 1; i < latest.Length; i++)
        {
            latest[i] = latest[i] > latest[i - 1] ? latest[i] : latest[i - 1];
        }

        return (shown, latest);
    }

    private static IEnumerable<DateTimeOffset> Covered(ExecutionInfo one, IReadOnlyList<DateTimeOffset> due)
    {
        var many = Many().Match(one.Error ?? "");
        if (!many.Success)
        {
            return [one.ScheduledAt];
        }

        var from = DateTimeOffset.Parse(many.Groups["from"].Value, CultureInfo.InvariantCulture);
        var times = due.Where(time => time >= from && time <= one.ScheduledAt).ToList();
        times.Should().HaveCount(int.Parse(many.Groups["count"].Value, CultureInfo.InvariantCulture));
        return times;
    }

    [GeneratedRegex(@"\A(?<count>\d+) firings from (?<from>\S+) to ", RegexOptions.ExplicitCapture)]
    private static partial Regex Many();

    private DateTimeOffset Next(SortedSet<DateTimeOffset> moments) => moments.GetViewBetween(_time.GetUtcNow().AddTicks(1), DateTimeOffset.MaxValue).Min is var next && next != default ? next : DateTimeOffset.MaxValue;

    private async Task HappenAsync()
    {
        var now = _time.GetUtcNow();
        switch (_random.Next(5))
        {
            case 0:
                Set(now.AddSeconds(_random.NextDouble() * (_random.Next(2) == 0 ? 60 : 100_000)));   // set forward, or asleep
                break;
            case 1:
                Set(now.AddSeconds(-_random.NextDouble() * (_random.Next(2) == 0 ? 60 : 30_000)));
                break;
            case 2:
                await BeWrongAsync(now.AddHours(30 + (_random.NextDouble() * 40)));
                break;
            default:
                await _host!.DisposeAsync();
                Set(now.AddSeconds((_random.NextDouble() - 0.2) * (_random.Next(2) == 0 ? 100 : 80_000)));
                await StartAsync();
                break;
        }

        await SettleAsync();
    }

    /// <summary>The clock is plainly wrong for a while, and then corrected.</summary>
    private async Task BeWrongAsync(DateTimeOffset time)
    {
        var now = _time.GetUtcNow();
        Set(time);
        await SettleAsync();
        _corrections.Add((now, _latest));
        Set(now);
        await Wait.Until(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return _jobs.TrueForAll(job => _host!.Records.LastDueAt(job.Name) is not { } last || last <= _time.GetUtcNow());
        });
        _latest = _time.GetUtcNow();
    }

    /// <summary>Not before the jobs were first seen: nothing is reckoned there.</summary>
    private void Set(DateTimeOffset time) => _time.AdjustTime(time > Start.AddMinutes(1) ? time : Start.AddMinutes(1));

    private async Task StartAsync() => _host = await RunsHost.StartAsync(_folder.Path, _time, new InstantStarter(), KeepAll);

    /// <summary>Waits until nothing is due any more and all is recorded.</summary>
    private async Task SettleAsync()
    {
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var polls = 0;
        await Wait.Until(() =>
        {
            if (_host!.Work.Count == 0 && IsQuiet())
            {
                return true;
            }

            // What began to wait for a timer after the last step must see time pass.
            _time.Advance(TimeSpan.FromMilliseconds(++polls % 20 == 0 ? 1000 : 1));
            return false;
        });
        _latest = _time.GetUtcNow() > _latest ? _time.GetUtcNow() : _latest;

        bool IsQuiet()
        {
            var now = _time.GetUtcNow();
            return _jobs.TrueForAll(job => _host!.DueFirings.NextOf(job.Name) is { } next && next > now) && _host!.Work.Count == 0;
        }
    }
}

using Dkron.Host.Scheduling;
using static Dkron.Host.Tests.Scheduling.ScheduledJobs;

namespace Dkron.Host.Tests.Scheduling;

public sealed class DueTableTests
{
    private const string Midnight = "2026-03-01T00:00:00Z";
    private readonly DueTable _table = new();

    [Fact]
    public void Firings_come_in_order_of_their_due_times_each_once_and_those_of_one_moment_in_order_of_arrival()
    {
        _table.Put(Scheduled("b", "*/20 * * * * *"), Midnight);
        _table.Put(Scheduled("a", "*/30 * * * * *"), Midnight);
        _table.Put(Scheduled("c", "@at 2026-03-01T00:00:25.5Z"), Midnight);

        var (first, second) = (_table.TakeAll("2026-03-01T00:00:59.9Z"), _table.TakeAll("2026-03-01T00:01:00Z"));

        first.Should().Equal("b 00:00:20", "c 00:00:25", "a 00:00:30", "b 00:00:40");
        second.Should().Equal("a 00:01:00", "b 00:01:00"); // a has waited for it since 00:00:30, b since 00:00:40
    }

    [Fact]
    public void Every_counts_from_the_job_s_anchor()
    {
        _table.Put(Scheduled("a", "@every 1m", "2025-11-11T11:11:11.7Z"), Midnight);

        var taken = _table.TakeAll("2026-03-01T00:02:30Z");

        taken.Should().Equal("a 00:00:11", "a 00:01:11", "a 00:02:11");
    }

    [Fact]
    public void A_job_that_does_not_fire_by_itself_has_no_next_and_no_firings()
    {
        var minutely = Job("a", "@minutely");
        _table.Put((minutely with { Disabled = true }).From(Midnight), Midnight);
        _table.Put((Job("b", "@minutely") with { NotSelected = "tags select other nodes" }).From(Midnight), Midnight);
        _table.Put((Job("c", "@minutely") with { Parent = Job("parent", null).Name }).From(Midnight), Midnight);
        _table.Put(Scheduled("d", null), Midnight);
        _table.Put(Scheduled("e", "@manually"), Midnight);
        _table.Put(Scheduled("f", "@at 2020-01-01T00:00:00Z"), Midnight);

        var taken = _table.TakeAll("2026-03-02T00:00:00Z");

        taken.Should().BeEmpty();
        "abcdefx".Select(name => _table.NextOf($"{name}")).Should().OnlyContain(next => next == null);
    }

    [Fact]
    public void A_job_fires_from_its_start_and_up_to_but_not_at_its_end()
    {
        var job = Job("a", "@minutely") with { StartsAt = Times.At("2026-03-01T12:00:00Z"), ExpiresAt = Times.At("2026-03-01T12:03:00Z") };
        _table.Put(job.From(Midnight), Midnight);

        var next = _table.NextOf("a");
        var taken = _table.TakeAll("2026-03-02T00:00:00Z");

        next.Should().Be(Times.At("2026-03-01T12:00:00Z"));
        taken.Should().Equal("a 12:00:00", "a 12:01:00", "a 12:02:00");
        _table.NextOf("a").Should().BeNull();
    }

    [Fact]
    public void Next_is_the_first_firing_that_has_not_been_taken_with_the_zone_s_offset()
    {
        _table.Put(Job("a", "0 0 4 * * *", "Asia/Kolkata").From(Midnight), Midnight);

        var before = _table.NextOf("a");
        _table.TakeAll("2026-03-02T00:00:00Z");

        Times.Text(before!.Value).Should().Be("2026-03-02 04:00:00+05:30");
        Times.Text(_table.NextOf("a")!.Value).Should().Be("2026-03-03 04:00:00+05:30");
    }

    [Fact]
    public void An_edit_that_leaves_the_times_alone_changes_nothing_but_the_job()
    {
        _table.Put(Scheduled("a", "@minutely"), Midnight);
        var edited = Job("a", "@minutely") with { Retries = 3 };

        _table.Put(edited.From(Midnight), "2026-03-01T00:01:20Z");
        _table.TryTake(Times.At("2026-03-01T00:01:20Z").UtcTicks, out var firing);

        firing.DueAt.Should().Be(Times.At("2026-03-01T00:01:00Z"), "what was due before the edit is not lost");
        firing.Job.Should().BeSameAs(edited);
        _table.TakeAll("2026-03-01T00:03:00Z").Should().Equal("a 00:02:00", "a 00:03:00");
    }

    [Fact]
    public void An_edit_of_the_schedule_counts_from_the_edit_on_and_loses_no_firing_that_was_due()
    {
        _table.Put(Scheduled("a", "@minutely"), Midnight);
        _table.Put(Scheduled("b", "@hourly"), Midnight);

        _table.Put(Scheduled("a", "*/10 * * * * *"), "2026-03-01T00:02:35Z");
        _table.Put(Scheduled("b", "*/25 * * * * *"), "2026-03-01T00:02:35Z");

        _table.TakeAll("2026-03-01T00:02:50Z").Should().Equal("a 00:01:00", "a 00:02:40", "b 00:02:50", "a 00:02:50");
    }

    [Fact]
    public void A_job_that_is_disabled_or_removed_does_not_fire_what_was_due()
    {
        _table.Put(Scheduled("a", "@minutely"), Midnight);
        _table.Put(Scheduled("b", "@minutely"), Midnight);

        _table.Put((Job("a", "@minutely") with { Disabled = true }).From(Midnight), "2026-03-01T00:01:30Z");
        _table.Remove("b").Should().BeTrue();
        _table.Remove("b").Should().BeFalse();

        _table.TakeAll("2026-03-01T00:05:00Z").Should().BeEmpty();
    }

    [Fact]
    public void A_round_removes_what_is_not_in_it_and_leaves_the_rest_in_place()
    {
        _table.Put(Scheduled("a", "@minutely"), Midnight);
        _table.Put(Scheduled("b", "@minutely"), Midnight);

        _table.BeginRound(2);
        _table.Put(Scheduled("b", "@minutely"), "2026-03-01T00:01:30Z");
        _table.Put(Scheduled("c", "@minutely"), "2026-03-01T00:01:30Z");
        _table.EndRound();

        _table.Count.Should().Be(2);
        _table.TakeAll("2026-03-01T00:02:00Z").Should().Equal("b 00:01:00", "c 00:02:00", "b 00:02:00");
    }

    [Fact]
    public void When_the_clock_goes_back_nothing_fires_twice_and_what_never_fired_is_not_held_up()
    {
        _table.Put(Scheduled("a", "@hourly"), Midnight);
        _table.TakeAll("2026-03-01T05:00:00Z");
        _table.Put(Scheduled("b", "@hourly"), "2026-03-01T05:00:00Z");

        _table.ClockWentBack(Times.At("2026-03-01T02:30:00Z").UtcTicks, forget: false);

        _table.NextOf("a").Should().Be(Times.At("2026-03-01T06:00:00Z"));
        _table.TakeAll("2026-03-01T06:00:00Z").Should().Equal("b 03:00:00", "b 04:00:00", "b 05:00:00", "a 06:00:00", "b 06:00:00");
    }

    [Fact]
    public void A_clock_that_was_plainly_wrong_does_not_silence_jobs_until_that_time_comes()
    {
        _table.Put(Scheduled("a", "@hourly", "2099-01-01T00:00:00Z"), "2099-01-01T00:00:00Z");
        _table.Put(Scheduled("b", "@at 2026-03-01T01:30:00Z"), "2099-01-01T00:00:00Z");
        _table.TakeAll("2099-01-01T01:00:00Z");

        _table.ClockWentBack(Times.At(Midnight).UtcTicks, forget: true);

        _table.TakeAll("2026-03-01T02:00:00Z").Should().Equal("a 01:00:00", "b 01:30:00", "a 02:00:00");
    }

    [Fact]
    public void Whatever_the_clock_does_every_due_time_comes_exactly_once_and_of_each_job_in_order()
    {
        var random = new Random(11);
        var start = Times.At(Midnight);
        string[] schedules = ["*/17 0 * * * *", "@every 17m", "@hourly", "0 7 * * * *", "0 30 2 * * *", "0 */40 1 * * *", "@daily", "@every 1h"];
        string[] zones = ["UTC", "America/New_York", "Europe/Madrid", "Australia/Lord_Howe"];
        var jobs = Enumerable.Range(0, 200).Select(i => Job($"job-{i}", schedules[i % schedules.Length], zones[i % zones.Length]).From($"2026-03-01T00:00:{i % 60:00}Z")).ToArray();
        Array.ForEach(jobs, job => _table.Put(job, Midnight));

        var taken = new List<Firing>();
        var (now, latest) = (start, start);
        while (latest < start.AddDays(40))
        {
            now += TimeSpan.FromSeconds(random.NextDouble() * (random.Next(50) == 0 ? 40_000 : 300));
            if (random.Next(100) == 0)
            {
                now -= TimeSpan.FromSeconds(random.NextDouble() * 80_000);
                _table.ClockWentBack(now.UtcTicks, forget: false);
            }

            latest = now > latest ? now : latest;
            while (_table.TryTake(now.UtcTicks, out var firing))
            {
                taken.AddRange(firing.Backlog?.Latest(int.MaxValue).Select(due => new Firing(firing.Job, due)) ?? [firing]);
                if (firing.Backlog is { } backlog)
                {
                    _table.Release(firing.Job.Name.Text, backlog);
                }
            }
        }

        var byJob = taken.ToLookup(f => f.Job.Name.Text, f => f.DueAt);
        foreach (var job in jobs)
        {
            var due = new List<DateTimeOffset>();
            for (var next = job.Job.Schedule!.Next(start, job.Anchor); next <= latest; next = job.Job.Schedule.Next(next.Value, job.Anchor))
            {
                due.Add(next.Value);
            }

            byJob[job.Job.Name.Text].SequenceEqual(due).Should().BeTrue("{0} fires when it is due", job.Job.Name);
        }
    }
}

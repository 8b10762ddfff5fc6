using Dkron.Host.Jobs;
using Dkron.Host.Scheduling;
using static Dkron.Host.Tests.Scheduling.ScheduledJobs;

namespace Dkron.Host.Tests.Scheduling;

public sealed class BacklogTests
{
    private const string Noon = "2026-03-01T12:00:00Z";
    private readonly DueTable _table = new();

    [Fact]
    public void What_is_taken_half_a_minute_late_is_on_time_and_what_is_later_is_missed()
    {
        _table.Put(Scheduled("a", "@minutely"), Noon);

        _table.TryTake(Ticks("2026-03-01T12:01:30Z"), out var onTime);
        _table.TryTake(Ticks("2026-03-01T12:02:30.0000001Z"), out var missed);

        onTime.Should().Be(new Firing(onTime.Job, Times.At("2026-03-01T12:01:00Z")));
        missed.Backlog!.Latest(9).Should().Equal(Times.At("2026-03-01T12:02:00Z"));
    }

    [Fact]
    public void A_shorter_starting_deadline_is_what_on_time_means()
    {
        _table.Put((Job("a", "@minutely") with { StartingDeadline = TimeSpan.FromSeconds(5) }).From(Noon), Noon);

        _table.TryTake(Ticks("2026-03-01T12:01:05Z"), out var onTime);
        _table.TryTake(Ticks("2026-03-01T12:02:06Z"), out var missed);

        onTime.Backlog.Should().BeNull();
        missed.Backlog.Should().NotBeNull();
    }

    [Fact]
    public void A_job_that_is_known_from_before_has_missed_what_was_due_since_it_was_last_due()
    {
        var job = Job("a", "@hourly");
        _table.Put(new ScheduledJob(job, Times.At(Noon), Since: Times.At("2026-02-01T00:00:00Z"), LastDueAt: Times.At("2026-03-01T09:00:00Z")), Noon);
        _table.Put(new ScheduledJob(Job("b", "@hourly"), Times.At(Noon), Since: Times.At("2026-03-01T10:30:00Z"), LastDueAt: Times.At("2026-03-01T09:00:00Z")), Noon);
        _table.Put(new ScheduledJob(Job("c", "@hourly"), Times.At(Noon)), Noon);

        _table.TryTake(Ticks(Noon), out var a);
        _table.TryTake(Ticks(Noon), out var b);
        var more = _table.TryTake(Ticks(Noon), out _);

        a.Backlog!.Latest(9).Select(due => due.Hour).Should().Equal(10, 11, 12);
        b.Backlog!.Latest(9).Select(due => due.Hour).Should().Equal(11, 12);
        more.Should().BeFalse();
    }

    [Fact]
    public void What_is_outside_a_jobs_window_is_not_missed()
    {
        var job = Job("a", "@hourly") with { StartsAt = Times.At("2026-03-01T07:30:00Z"), ExpiresAt = Times.At("2026-03-01T10:00:00Z") };
        _table.Put(new ScheduledJob(job, Times.At(Noon), Since: Times.At("2026-02-01T00:00:00Z")), Noon);

        _table.TryTake(Ticks(Noon), out var a);

        a.Backlog!.Latest(9).Select(due => due.Hour).Should().Equal(8, 9);
        a.Backlog.CountBefore(Times.At(Noon), 100).Should().Be(2);
    }

    [Fact]
    public void A_job_is_due_again_only_when_its_backlog_has_been_worked_off_and_its_next_is_true_meanwhile()
    {
        _table.Put(Scheduled("a", "@minutely"), Noon);
        _table.TryTake(Ticks("2026-03-01T12:10:00Z"), out var missed);

        var held = _table.TryTake(Ticks("2026-03-01T12:11:00Z"), out _);
        var next = _table.NextOf("a");
        _table.Release("a", missed.Backlog!);
        var released = _table.TryTake(Ticks("2026-03-01T12:11:00Z"), out var firing);

        held.Should().BeFalse();
        next.Should().Be(Times.At("2026-03-01T12:11:00Z"));
        released.Should().BeTrue();
        firing.Should().Be(new Firing(firing.Job, Times.At("2026-03-01T12:11:00Z")));
    }

    [Fact]
    public void An_edit_counts_from_then_on_and_what_was_due_by_the_old_times_still_comes()
    {
        _table.Put(Scheduled("a", "@hourly"), Noon);
        _table.Put(Scheduled("a", "0 */10 * * * *"), "2026-03-01T14:05:00Z");

        _table.TryTake(Ticks("2026-03-01T14:06:00Z"), out var old);
        var more = _table.TryTake(Ticks("2026-03-01T14:06:00Z"), out _);
        var next = _table.NextOf("a");

        old.Backlog!.Latest(9).Select(due => due.Hour).Should().Equal(13, 14);
        more.Should().BeFalse();
        next.Should().Be(Times.At("2026-03-01T14:10:00Z"));
    }

    [Fact]
    public void A_job_that_was_disabled_missed_nothing()
    {
        var job = Job("a", "@hourly");
        _table.Put(job.From(Noon), Noon);
        _table.Put((job with { Disabled = true }).From(Noon), "2026-03-01T14:05:00Z");
        _table.Put(job.From(Noon), "2026-03-01T20:05:00Z");

        _table.TryTake(Ticks("2026-03-01T20:30:00Z"), out _).Should().BeFalse();
        _table.NextOf("a").Should().Be(Times.At("2026-03-01T21:00:00Z"));
    }

    [Theory]
    [InlineData("* * * * * *", 3, 259_200)]
    [InlineData("@every 1s", 30, 1_000_000)]
    [InlineData("* * * 1 1 *", 400, 86_400)]
    public void The_latest_of_many_are_found_and_counting_has_an_end(string schedule, int days, int count)
    {
        var now = Times.At("2027-03-01T12:00:00Z");
        _table.Put(new ScheduledJob(Job("a", schedule), Times.At(Noon), Since: now.AddDays(-days)), "2027-03-01T12:00:00Z");
        _table.TryTake(now.UtcTicks, out var missed);

        var latest = missed.Backlog!.Latest(100);

        latest.Should().HaveCount(100).And.BeInAscendingOrder().And.OnlyContain(due => due <= now);
        (latest[99].AddSeconds(1) > now || latest[99].AddSeconds(1).Day == 2).Should().BeTrue("there is none after it");
        latest[99].Should().Be(latest[0].AddSeconds(99));
        missed.Backlog.CountBefore(now.AddTicks(1), CatchUp.MaxCounted).Should().Be(count);
    }

    private static long Ticks(string time) => Times.At(time).UtcTicks;
}

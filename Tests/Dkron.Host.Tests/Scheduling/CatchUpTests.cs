using Dkron.Host.Jobs;
using Dkron.Host.Scheduling;
using static Dkron.Host.Tests.Scheduling.ScheduledJobs;

namespace Dkron.Host.Tests.Scheduling;

public sealed class CatchUpTests
{
    private static readonly DateTimeOffset Now = Times.At("2026-03-01T12:00:05Z");

    [Fact]
    public void Skip_records_what_was_missed_and_runs_what_is_still_on_time()
    {
        var plan = Plan("@hourly", Misfire.Skip, null, hours: 3);

        Text(plan).Should().Be("skip 10:00, skip 11:00, run 12:00");
        plan.Skips[0].Reason.Should().Be("it was missed: the host could take it up only 2h5s later, and its starting deadline is 30s");
    }

    [Fact]
    public void Once_runs_the_latest_for_all()
    {
        var plan = Plan("0 30 * * * *", Misfire.Once, null, hours: 3);

        Text(plan).Should().Be("skip 09:30, skip 10:30, run 11:30");
        plan.Skips[0].Reason.Should().Be("it was missed: the run of 2026-03-01T11:30:00Z makes up for it, because its misfire is once");
    }

    [Fact]
    public void All_runs_each_in_order() => Text(Plan("0 30 * * * *", Misfire.All, null, hours: 3)).Should().Be("run 09:30, run 10:30, run 11:30");

    [Theory]
    [InlineData("once", "1h", "skip 09:30, skip 10:30, run 11:30")]
    [InlineData("once", "10m", "skip 09:30, skip 10:30, skip 11:30")]
    [InlineData("all", "2h", "skip 09:30, run 10:30, run 11:30")]
    [InlineData("skip", "2h", "skip 09:30, run 10:30, run 11:30")]
    [InlineData("skip", "1s", "skip 09:30, skip 10:30, skip 11:30")]
    public void The_starting_deadline_bounds_what_is_made_up_for(string misfire, string deadline, string expected)
    {
        Dkron.Abstractions.DurationText.TryParse(deadline, out var length).Should().BeTrue();

        Text(Plan("0 30 * * * *", Enum.Parse<Misfire>(misfire, ignoreCase: true), length, hours: 3)).Should().Be(expected);
    }

    [Fact]
    public void Three_days_of_a_job_of_each_second_take_eleven_records()
    {
        var plan = Plan("* * * * * *", Misfire.Skip, TimeSpan.FromSeconds(1), hours: 72);

        plan.Skips.Should().HaveCount(11);
        plan.Skips[0].Should().Match<SkippedFirings>(skip => skip.Count == 259_188 && skip.First == Now.AddHours(-72).AddSeconds(1) && skip.Last == Now.AddSeconds(-12));
        plan.Skips[0].Reason.Should().StartWith("259188 firings from 2026-02-26T12:00:06Z to 2026-03-01T11:59:53Z were missed: the host could take it up only 12s later");
        plan.Skips.Skip(1).Select(skip => skip.Last).Should().Equal(Enumerable.Range(-11, 10).Select(i => Now.AddSeconds(i)));
        plan.Runs.Should().Equal(Now.AddSeconds(-1), Now);
    }

    [Fact]
    public void At_most_a_hundred_are_made_up_for_the_latest()
    {
        var plan = Plan("0 * * * * *", Misfire.All, null, hours: 3);

        plan.Runs.Should().HaveCount(100).And.HaveElementAt(99, Times.At("2026-03-01T12:00:00Z"));
        plan.Skips.Should().HaveCount(11);
        plan.Skips.Sum(skip => skip.Count).Should().Be(80);
        plan.Skips[10].Reason.Should().Be("it was missed: only the latest 100 are made up for");
    }

    [Theory]
    [InlineData("skip")]
    [InlineData("once")]
    [InlineData("all")]
    public void Whatever_the_policy_each_due_time_is_in_exactly_one_place(string misfire)
    {
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            var deadline = random.Next(2) == 0 ? (TimeSpan?)null : TimeSpan.FromSeconds(random.Next(1, 20_000));
            var hours = random.Next(1, 40);
            var schedule = $"@every {random.Next(1, 4000)}s";
            var backlog = BacklogOf(schedule, hours);
            if (backlog is null)
            {
                continue;
            }

            var all = backlog.Latest(int.MaxValue);

            var plan = CatchUp.Of(Job("a", schedule) with { Misfire = Enum.Parse<Misfire>(misfire, ignoreCase: true), StartingDeadline = deadline }, backlog, Now);

            var skipped = plan.Skips.SelectMany(skip => all.Where(due => due >= skip.First && due <= skip.Last)).ToList();
            skipped.Concat(plan.Runs).Should().Equal(all);
            plan.Skips.Select(skip => skip.Count).Sum().Should().Be(skipped.Count);
            plan.Skips.Count.Should().BeLessThanOrEqualTo(11);
        }
    }

    private static CatchUp Plan(string schedule, Misfire misfire, TimeSpan? deadline, int hours) =>
        CatchUp.Of(Job("a", schedule) with { Misfire = misfire, StartingDeadline = deadline }, BacklogOf(schedule, hours)!, Now);

    private static Backlog? BacklogOf(string schedule, int hours)
    {
        var table = new DueTable();
        table.Put(new ScheduledJob(Job("a", schedule), Now.AddDays(-100), Since: Now.AddHours(-hours)), Now.UtcTicks);
        return table.TryTake(Now.UtcTicks, out var firing) ? firing.Backlog : null;
    }

    private static string Text(CatchUp plan) => string.Join(", ", plan.Skips.Select(skip => $"skip {skip.Last:HH:mm}").Concat(plan.Runs.Select(due => $"run {due:HH:mm}")));
}

using Dkron.Host.Scheduling;

namespace Dkron.Host.Tests.Scheduling;

public sealed class ScheduleTests
{
    [Theory]
    [InlineData("0 30 4 * * *", "2026-03-01 04:30:00+00:00")]
    [InlineData("30 4 * * *", "2026-03-01 04:30:00+00:00")]
    [InlineData("  0\t30  4 * * *  ", "2026-03-01 04:30:00+00:00")]
    [InlineData("15 * * * * *", "2026-03-01 00:00:15+00:00")]
    [InlineData("? ? ? ? ? ?", "2026-03-01 00:00:01+00:00")]
    [InlineData("*/20 * * * * *", "2026-03-01 00:00:20+00:00")]
    [InlineData("50/5 * * * * *", "2026-03-01 00:00:50+00:00")]
    [InlineData("10-30/7 * * * * *", "2026-03-01 00:00:10+00:00")]
    [InlineData("*/90 * * * * *", "2026-03-01 00:01:00+00:00")]
    [InlineData("*/99999999999999999999 * * * * *", "2026-03-01 00:01:00+00:00")]
    [InlineData("07 08 09 * * *", "2026-03-01 09:08:07+00:00")]
    [InlineData("0 0 0 1 jAn *", "2027-01-01 00:00:00+00:00")]
    [InlineData("0 0 0 1 feb-APR,dec *", "2026-04-01 00:00:00+00:00")]
    [InlineData("0 0 0 * * mon-fri", "2026-03-02 00:00:00+00:00")]
    [InlineData("0 0 12 * * 7", "2026-03-01 12:00:00+00:00")]
    [InlineData("0 0 12 * * sun", "2026-03-01 12:00:00+00:00")]
    [InlineData("0 0 0 * * 6-7", "2026-03-07 00:00:00+00:00")]
    [InlineData("0 0 0 * * 1/7", "2026-03-02 00:00:00+00:00")]
    [InlineData("0 ,5,,10, * * * *", "2026-03-01 00:05:00+00:00")]
    [InlineData("0 0 0 *,5 * *", "2026-03-02 00:00:00+00:00")]
    [InlineData("0 0 0 29 2 *", "2028-02-29 00:00:00+00:00")]
    [InlineData("0 0 0 L * *", "2026-03-31 00:00:00+00:00")]
    [InlineData("0 0 0 L-2 * *", "2026-03-29 00:00:00+00:00")]
    [InlineData("0 0 0 lw * *", "2026-03-31 00:00:00+00:00")]
    [InlineData("0 0 0 15W * *", "2026-03-16 00:00:00+00:00")]
    [InlineData("0 0 0 * * 5L", "2026-03-27 00:00:00+00:00")]
    [InlineData("0 0 0 * * FRIL", "2026-03-27 00:00:00+00:00")]
    [InlineData("0 0 0 * * 2#3", "2026-03-17 00:00:00+00:00")]
    [InlineData("0 0 0 * * tue#3", "2026-03-17 00:00:00+00:00")]
    [InlineData("@yearly", "2027-01-01 00:00:00+00:00")]
    [InlineData("@annually", "2027-01-01 00:00:00+00:00")]
    [InlineData("@monthly", "2026-04-01 00:00:00+00:00")]
    [InlineData("@weekly", "2026-03-08 00:00:00+00:00")]
    [InlineData("@daily", "2026-03-02 00:00:00+00:00")]
    [InlineData("@midnight", "2026-03-02 00:00:00+00:00")]
    [InlineData("@hourly", "2026-03-01 01:00:00+00:00")]
    [InlineData("@minutely", "2026-03-01 00:01:00+00:00")]
    [InlineData("@Daily", "2026-03-02 00:00:00+00:00")]
    [InlineData("TZ=Europe/Madrid 0 0 1 * * *", "2026-03-02 01:00:00+01:00")]
    [InlineData("CRON_TZ=Asia/Tokyo 0 0 1 * * *", "2026-03-02 01:00:00+09:00")]
    [InlineData("TZ=Asia/Kolkata   @daily", "2026-03-02 00:00:00+05:30")]
    [InlineData("CRON_TZ=Asia/Kolkata @minutely", "2026-03-01 05:31:00+05:30")]
    [InlineData("TZ=Asia/Kolkata @every 1h", "2026-03-01 06:30:00+05:30")]
    public void A_schedule_says_when_it_is_due(string text, string expected)
    {
        var after = Times.At("2026-03-01T00:00:00Z"); // a Sunday

        var next = Times.Schedule(text).Next(after, after);

        Times.Text(next!.Value).Should().Be(expected);
    }

    // from dkron.md 3.1: job_test.go of Dkron, name test_job
    [Theory]
    [InlineData("0 0 ~ * * *", "0 0 18 * * *")]
    [InlineData("TZ=Europe/Madrid 0 0 1 * ~ *", "TZ=Europe/Madrid 0 0 1 * 7 *")]
    [InlineData("0  0  ~ * * *", "0 0 18 * * *")] // Dkron's own count of fields goes wrong at double spaces
    [InlineData("~ * * * * *", "18 * * * * *")] // 858 mod 60
    [InlineData("~ ~ ~ * *", "18 18 19 * *")] // 858 mod 28 + 1
    [InlineData("0 0 0 * * ~", "0 0 0 * * 4")] // 858 mod 7
    [InlineData("0 ~,40 * * * *", "0 18,40 * * * *")]
    [InlineData("0 ~/15 * * * *", "0 3-59/15 * * * *")]
    [InlineData("0 ~/7 * * * *", "0 2-58/7 * * * *")] // nine runs, as */7 has; they begin at 18 mod 4
    [InlineData("0 0 0 ~/7 * *", "0 0 0 5-26/7 * *")] // 858 mod 28 mod 7 + 1
    public void A_tilde_is_replaced_by_what_the_job_s_name_says(string text, string expected)
    {
        var after = Times.At("2026-03-01T00:00:00Z");

        var times = ScheduleTimes.Following(Times.Schedule(text), after, 100);

        times.Should().Equal(ScheduleTimes.Following(Times.Schedule(expected), after, 100));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(13)]
    [InlineData(59)]
    [InlineData(60)]
    [InlineData(100)]
    public void A_tilde_with_a_step_runs_as_often_as_a_star_with_it_whatever_the_name(int step)
    {
        var from = Times.At("2026-03-01T00:00:00Z").AddTicks(-1);
        var inAnHour = (60 + step - 1) / step;

        var counts = Enumerable.Range(0, 200).Select(i => ScheduleTimes.Following(Times.Schedule($"0 ~/{step} * * * *", jobName: $"job-{i}"), from, 100).Count(t => t < from.AddHours(1)));

        counts.Should().OnlyContain(count => count == inAnHour);
    }

    // from dkron.md 3.1: extparser_test.go and simple_test.go of Dkron
    [Theory]
    [InlineData("@at 2018-01-02T15:04:00Z", "2012-07-09T14:45:00Z", "2018-01-02 15:04:00+00:00")]
    [InlineData("@at 2019-02-04T09:20:00+06:00", "2012-07-09T14:45:00Z", "2019-02-04 09:20:00+06:00")]
    [InlineData("@at 2012-07-09T15:00:00Z", "2012-07-09T14:45:00Z", "2012-07-09 15:00:00+00:00")]
    [InlineData("@at 2012-07-05T13:00:00Z", "2012-07-09T14:45:00Z", null)]
    [InlineData("@at 2012-07-09T14:45:00Z", "2012-07-09T14:45:00Z", null)]
    [InlineData("@at 2030-01-01T00:00:00.25Z", "2012-07-09T14:45:00Z", "2030-01-01 00:00:00.25+00:00")]
    [InlineData("@at   2030-01-01T00:00:00-03:30", "2012-07-09T14:45:00Z", "2030-01-01 00:00:00-03:30")]
    [InlineData("@manually", "2012-07-09T14:45:00Z", null)]
    public void A_schedule_for_one_time_or_none_is_due_then_or_never(string text, string after, string? expected)
    {
        var next = Times.Schedule(text, "Europe/Madrid").Next(Times.At(after), Times.At(after));

        (next is { } due ? Times.Text(due) : null).Should().Be(expected);
    }

    [Theory]
    [InlineData("@every 2s", 2)] // from dkron.md 3.1: scheduler_test.go of Dkron
    [InlineData("@every 1h30m", 5400)]
    [InlineData("@EVERY 1.5h", 5400)]
    [InlineData("@every 1d", 86_400)]
    [InlineData("@every 2w", 1_209_600)]
    [InlineData("@every 1d12h", 129_600)]
    [InlineData("@every 2500ms", 2)]
    [InlineData("@every 1ms", 1)]
    [InlineData("@every 1ns", 1)]
    public void Every_counts_whole_seconds_from_its_anchor(string text, int seconds)
    {
        var anchor = Times.At("2026-03-29T00:30:00.75Z"); // the clocks change on that day, which means nothing to it
        var start = Times.At("2026-03-29T00:30:00Z");

        var times = ScheduleTimes.Following(Times.Schedule(text, "Europe/Madrid"), anchor, 3);

        times.Should().Equal(start.AddSeconds(seconds), start.AddSeconds(2 * seconds), start.AddSeconds(3 * seconds));
    }

    [Fact]
    public void Every_keeps_its_phase_wherever_the_clock_stands()
    {
        var anchor = Times.At("2026-03-01T00:00:07Z");
        var schedule = Times.Schedule("@every 10m");

        var (later, earlier) = (schedule.Next(Times.At("2031-07-01T12:00:00Z"), anchor), schedule.Next(Times.At("2020-07-01T12:00:00Z"), anchor));

        later.Should().Be(Times.At("2031-07-01T12:00:07Z"));
        earlier.Should().Be(Times.At("2020-07-01T12:00:07Z"));
    }

    [Theory]
    [InlineData("0 0 0 13 * 5", "2026-03-06 2026-03-13 2026-03-20 2026-03-27 2026-04-03")] // Fridays and 13ths
    [InlineData("0 0 0 13 * *", "2026-03-13 2026-04-13 2026-05-13 2026-06-13 2026-07-13")]
    [InlineData("0 0 0 */10 * 1", "2026-03-02 2026-03-09 2026-03-11 2026-03-16 2026-03-21")] // */n restricts
    [InlineData("0 0 0 */1 * 1", "2026-03-02 2026-03-09 2026-03-16 2026-03-23 2026-03-30")] // */1 is a star
    [InlineData("0 0 0 1-31 * 1", "2026-03-02 2026-03-03 2026-03-04 2026-03-05 2026-03-06")] // a full range restricts
    [InlineData("0 0 0 ? * 1", "2026-03-02 2026-03-09 2026-03-16 2026-03-23 2026-03-30")]
    [InlineData("0 0 0 L * 1#1", "2026-03-02 2026-03-31 2026-04-06 2026-04-30 2026-05-04")]
    [InlineData("0 0 0 31 2 1", "2027-02-01 2027-02-08 2027-02-15 2027-02-22 2028-02-07")] // the 31st of February is never, Mondays are
    public void Either_day_field_may_match_when_both_are_restricted(string text, string days)
    {
        var after = Times.At("2026-03-01T00:00:00Z");

        var times = ScheduleTimes.Following(Times.Schedule(text), after, 5);

        times.Select(t => t.ToString("yyyy-MM-dd")).Should().Equal(days.Split(' '));
    }

    [Fact]
    public void Leap_days_and_rare_weekdays_are_found_however_far_away()
    {
        var leapDays = Times.Following("0 0 0 29 2 *", "UTC", "2092-03-01T00:00:00Z", 3);
        var fifthMondays = Times.Following("0 0 0 * 2 1#5", "UTC", "2026-03-01T00:00:00Z", 2);

        leapDays.Should().Equal("2096-02-29 00:00:00+00:00", "2104-02-29 00:00:00+00:00", "2108-02-29 00:00:00+00:00");
        fifthMondays.Should().Equal("2044-02-29 00:00:00+00:00", "2072-02-29 00:00:00+00:00");
    }

    [Theory]
    [InlineData("* * * * * *")]
    [InlineData("@yearly")]
    [InlineData("@every 10000d")]
    [InlineData("0 0 0 29 2 *")]
    public void The_end_of_the_calendar_is_an_end(string text)
    {
        var last = DateTimeOffset.MaxValue;

        var next = new[] { "UTC", "Pacific/Kiritimati", "Pacific/Midway" }.Select(zone => Times.Schedule(text, zone).Next(last, last));

        next.Should().OnlyContain(n => n == null);
    }

    [Fact]
    public void The_beginning_of_the_calendar_is_a_beginning()
    {
        var first = DateTimeOffset.MinValue;

        var next = new[] { "UTC", "Pacific/Kiritimati", "Pacific/Midway" }.Select(zone => Times.Schedule("@hourly", zone).Next(first, first));

        next.Should().OnlyContain(n => n > first && n < first.AddDays(2));
    }

    [Fact]
    public void Without_a_zone_the_host_s_own_holds()
    {
        var after = Times.At("2026-03-01T00:00:00Z");

        var next = Times.Schedule("0 30 4 * * *", "").Next(after, after);

        var local = TimeZoneInfo.ConvertTime(next!.Value, TimeZoneInfo.Local);
        (local.Hour, local.Minute, next.Value.Offset).Should().Be((4, 30, local.Offset));
    }

    [Fact]
    public void A_zone_in_the_schedule_goes_before_the_job_s()
    {
        var after = Times.At("2026-03-01T00:00:00Z");

        var next = Times.Schedule("TZ=Asia/Tokyo @daily", "America/New_York").Next(after, after);

        Times.Text(next!.Value).Should().Be("2026-03-02 00:00:00+09:00");
    }
}

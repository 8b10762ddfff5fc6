namespace Dkron.Host.Tests.Scheduling;

/// <summary>Cases by hand; the tz database says when the clocks change.</summary>
public sealed class DaylightSavingTests
{
    [Theory]
    [InlineData("Europe/Madrid", "0 30 2 * * *", "2026-03-28T00:00:00Z", "2026-03-28 02:30:00+01:00|2026-03-29 03:00:00+02:00|2026-03-30 02:30:00+02:00")]
    [InlineData("America/New_York", "0 30 2 * * *", "2026-03-07T12:00:00Z", "2026-03-08 03:00:00-04:00|2026-03-09 02:30:00-04:00")]
    [InlineData("Australia/Lord_Howe", "0 15 2 * * *", "2026-10-03T00:00:00Z", "2026-10-04 02:30:00+11:00|2026-10-05 02:15:00+11:00")]
    [InlineData("Africa/Cairo", "@daily", "2026-04-23T00:00:00Z", "2026-04-24 01:00:00+03:00|2026-04-25 00:00:00+03:00")]
    [InlineData("America/Havana", "@daily", "2026-03-07T12:00:00Z", "2026-03-08 01:00:00-04:00|2026-03-09 00:00:00-04:00")]
    [InlineData("Asia/Beirut", "0 30 0 * * *", "2026-03-28T12:00:00Z", "2026-03-29 01:00:00+03:00|2026-03-30 00:30:00+03:00")]
    [InlineData("Europe/Madrid", "0 10,20,30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29 03:00:00+02:00|2026-03-30 02:10:00+02:00")]
    [InlineData("Europe/Madrid", "0 30 2,3 * * *", "2026-03-28T12:00:00Z", "2026-03-29 03:00:00+02:00|2026-03-29 03:30:00+02:00")]
    [InlineData("Europe/Madrid", "0 0 2,3 * * *", "2026-03-28T12:00:00Z", "2026-03-29 03:00:00+02:00|2026-03-30 02:00:00+02:00")]
    [InlineData("Europe/Madrid", "* 30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29 03:00:00+02:00|2026-03-30 02:30:00+02:00")]
    [InlineData("Pacific/Apia", "0 0 12 30 12 *", "2011-12-01T00:00:00Z", "2011-12-31 00:00:00+14:00|2012-12-30 12:00:00+14:00")] // a day that Samoa left out
    public void A_fixed_time_that_the_clocks_skip_is_due_the_moment_after(string zone, string schedule, string after, string expected)
    {
        var times = Times.Following(schedule, zone, after, expected.Split('|').Length);

        times.Should().Equal(expected.Split('|'));
    }

    [Theory]
    [InlineData("Europe/Madrid", "0 30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25 02:30:00+02:00|2026-10-26 02:30:00+01:00")]
    [InlineData("America/New_York", "0 30 1 * * *", "2026-10-31T12:00:00Z", "2026-11-01 01:30:00-04:00|2026-11-02 01:30:00-05:00")]
    [InlineData("Australia/Lord_Howe", "0 45 1 * * *", "2026-04-04T12:00:00Z", "2026-04-05 01:45:00+11:00|2026-04-06 01:45:00+10:30")]
    [InlineData("Africa/Cairo", "0 30 23 * * *", "2026-10-29T12:00:00Z", "2026-10-29 23:30:00+03:00|2026-10-30 23:30:00+02:00")]
    [InlineData("America/Havana", "@daily", "2026-10-31T12:00:00Z", "2026-11-01 00:00:00-04:00|2026-11-02 00:00:00-05:00")]
    [InlineData("America/New_York", "0 0 1,2 * * *", "2026-10-31T12:00:00Z", "2026-11-01 01:00:00-04:00|2026-11-01 02:00:00-05:00")]
    [InlineData("America/New_York", "0 30 0-2 * * *", "2026-11-01T04:00:00Z", "2026-11-01 00:30:00-04:00|2026-11-01 01:30:00-04:00|2026-11-01 02:30:00-05:00")] // a range is not an interval
    [InlineData("America/New_York", "0 30 1 * * *", "2026-11-01T06:10:00Z", "2026-11-02 01:30:00-05:00")] // asked between the two
    [InlineData("Europe/Moscow", "0 30 1 * * *", "2014-10-25T12:00:00Z", "2014-10-26 01:30:00+04:00|2014-10-27 01:30:00+03:00")] // a change for good
    [InlineData("Europe/Dublin", "0 30 1 * * *", "2026-10-24T12:00:00Z", "2026-10-25 01:30:00+01:00|2026-10-26 01:30:00+00:00")] // winter is its exception
    public void A_fixed_time_that_the_clocks_show_twice_is_due_the_first_time(string zone, string schedule, string after, string expected)
    {
        var times = Times.Following(schedule, zone, after, expected.Split('|').Length);

        times.Should().Equal(expected.Split('|'));
    }

    [Theory]
    [InlineData("America/New_York", "0 */30 * * * *", "2026-03-08T06:00:00Z", "2026-03-08 01:30:00-05:00|2026-03-08 03:00:00-04:00|2026-03-08 03:30:00-04:00")]
    [InlineData("America/New_York", "0 */30 * * * *", "2026-11-01T05:00:00Z", "2026-11-01 01:30:00-04:00|2026-11-01 01:00:00-05:00|2026-11-01 01:30:00-05:00|2026-11-01 02:00:00-05:00")]
    [InlineData("America/New_York", "0 15 * * * *", "2026-03-08T06:00:00Z", "2026-03-08 01:15:00-05:00|2026-03-08 03:15:00-04:00")]
    [InlineData("America/New_York", "@hourly", "2026-11-01T05:00:00Z", "2026-11-01 01:00:00-05:00|2026-11-01 02:00:00-05:00")]
    [InlineData("America/New_York", "0 */20 1 * * *", "2026-11-01T05:30:00Z", "2026-11-01 01:40:00-04:00|2026-11-01 01:00:00-05:00|2026-11-01 01:20:00-05:00|2026-11-01 01:40:00-05:00|2026-11-02 01:00:00-05:00")]
    [InlineData("Europe/Guernsey", "0 */40 1 * * 0", "2021-10-31T00:40:00Z", "2021-10-31 01:00:00+00:00|2021-10-31 01:40:00+00:00|2021-11-07 01:00:00+00:00")] // the next of its days is far
    [InlineData("America/New_York", "0 5/20 1 * * *", "2026-11-01T05:40:00Z", "2026-11-01 01:45:00-04:00|2026-11-01 01:05:00-05:00")]
    [InlineData("America/New_York", "0 0 */2 * * *", "2026-03-08T04:00:00Z", "2026-03-08 00:00:00-05:00|2026-03-08 04:00:00-04:00")]
    [InlineData("America/New_York", "0 */20 2 * * *", "2026-03-07T07:45:00Z", "2026-03-09 02:00:00-04:00|2026-03-09 02:20:00-04:00")]
    [InlineData("Australia/Lord_Howe", "0 */20 * * * *", "2026-04-04T14:30:00Z", "2026-04-05 01:40:00+11:00|2026-04-05 01:40:00+10:30|2026-04-05 02:00:00+10:30")]
    [InlineData("Africa/Cairo", "@hourly", "2026-04-23T21:00:00Z", "2026-04-24 01:00:00+03:00|2026-04-24 02:00:00+03:00")]
    public void What_repeats_is_due_whenever_the_clocks_show_it(string zone, string schedule, string after, string expected)
    {
        var times = Times.Following(schedule, zone, after, expected.Split('|').Length);

        times.Should().Equal(expected.Split('|'));
    }

    [Fact]
    public void An_hourly_job_runs_once_in_every_elapsed_hour_of_the_year()
    {
        var start = Times.At("2026-01-01T00:00:00Z");

        var times = Dkron.Host.Scheduling.ScheduleTimes.Following(Times.Schedule("0 0 * * * *", "Europe/Madrid"), start, 8760);

        times.Should().Equal(Enumerable.Range(1, 8760).Select(i => start.AddHours(i)));
    }
}

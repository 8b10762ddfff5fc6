namespace Dkron.Host.Tests.Scheduling;

public sealed class ScheduleErrorTests
{
    [Theory]
    [InlineData("", "is empty; expected cron fields*")]
    [InlineData(" \t ", "is empty; expected cron fields*")]
    [InlineData("*", "expected 6 fields (second, minute, hour, day of month, month, day of week) or 5 without the second, found 1")]
    [InlineData("* * * *", "expected 6 fields*or 5*found 4")]
    [InlineData("* * * * * * 2030", "expected 6 fields*or 5*found more")]
    [InlineData("60 * * * * *", "field 1 (second): '60' is not a value of this field; expected 0 to 59")]
    [InlineData("0 0 24 * * *", "field 3 (hour): '24' is not a value of this field; expected 0 to 23")]
    [InlineData("0 24 * * *", "field 2 (hour): '24' is not a value of this field; expected 0 to 23")]
    [InlineData("0 0 0 0 * *", "field 4 (day of month): '0' *; expected 1 to 31")]
    [InlineData("0 0 0 1 13 *", "field 5 (month): '13' *; expected 1 to 12 or jan to dec")]
    [InlineData("0 0 0 * * 8", "field 6 (day of week): '8' *; expected 0 to 7 or sun to sat")]
    [InlineData("0 0 0 * january *", "field 5 (month): 'january' *; expected 1 to 12 or jan to dec")]
    [InlineData("H * * * *", "field 1 (minute): 'H' *; expected 0 to 59")]
    [InlineData("-5 * * * *", "field 1 (minute): '-5' *")]
    [InlineData("5- * * * *", "field 1 (minute): '5-' *")]
    [InlineData("1-2-3 * * * *", "field 1 (minute): '1-2-3' *")]
    [InlineData("*-5 * * * *", "field 1 (minute): '[*]-5' *")]
    [InlineData("~-5 * * * *", "field 1 (minute): '~-5' *")]
    [InlineData("5~9 * * * *", "field 1 (minute): '5~9' *")]
    [InlineData("+5 * * * *", "field 1 (minute): '+5' *")]
    [InlineData("٣ * * * *", "field 1 (minute): '٣' *")]
    [InlineData("99999999999999999999 * * * *", "field 1 (minute): '99999999999999999999' *")]
    [InlineData("5-3 * * * *", "field 1 (minute): the range '5-3' runs backwards; expected the lower value first")]
    [InlineData("0 0 * * fri-sun", "field 5 (day of week): the range 'fri-sun' runs backwards; expected the lower value first (as the end of a range, Sunday is 7)")]
    [InlineData("0 0 * nov-feb *", "field 4 (month): the range 'nov-feb' runs backwards*")]
    [InlineData("*/0 * * * *", "field 1 (minute): '[*]/0' has no valid step; expected a whole number above 0*")]
    [InlineData("*/ * * * *", "field 1 (minute): '[*]/' has no valid step*")]
    [InlineData("*/-1 * * * *", "field 1 (minute): '[*]/-1' has no valid step*")]
    [InlineData("*/5/5 * * * *", "field 1 (minute): '[*]/5/5' has no valid step*")]
    [InlineData("~/0 * * * *", "field 1 (minute): '~/0' has no valid step*")]
    [InlineData(", * * * *", "field 1 (minute): the list is empty; expected 0 to 59")]
    [InlineData("0 0 1,L * *", "field 3 (day of month): 'L' *; L, L-3, LW, L-3W and 15W stand alone")]
    [InlineData("0 0 32W * *", "field 3 (day of month): '32W' *")]
    [InlineData("0 0 * * 1#6", "field 5 (day of week): '1#6' *; 5L and 5#2 stand alone")]
    [InlineData("0 0 * * 1#1,2#1", "field 5 (day of week): '1#1' *; 5L and 5#2 stand alone")]
    [InlineData("0 0 0 31 2 *", "can never be due: no year has such a day*")]
    [InlineData("0 0 0 30-31 feb *", "can never be due*")]
    [InlineData("0 0 0 31 4,6,9,11 *", "can never be due*")]
    [InlineData("0 0 0 30W 2 *", "can never be due*")]
    [InlineData("@reboot", "unknown name '@reboot'; expected @yearly,*")]
    [InlineData("@", "unknown name '@'; expected *")]
    [InlineData("@daily now", "@daily takes nothing after it, found 'now'")]
    [InlineData("@every", "@every '' has no valid duration; expected one such as 90s*")]
    [InlineData("@every5m", "unknown name '@every5m'*")]
    [InlineData("@every 5", "@every '5' has no valid duration*")]
    [InlineData("@every 5 m", "@every '5 m' has no valid duration*")]
    [InlineData("@every 0s", "@every '0s' is not above zero*")]
    [InlineData("@every 0", "@every '0' is not above zero*")]
    [InlineData("@every -5m", "@every '-5m' is not above zero*")]
    [InlineData("@every -1ns", "@every '-1ns' is not above zero*")]
    [InlineData("@every 99999999h", "@every '99999999h' has no valid duration*at most 10000 days")]
    [InlineData("@at badtime", "@at 'badtime' has no valid time; expected RFC 3339*")] // from dkron.md 3.1: api_test of Dkron
    [InlineData("@at", "@at '' has no valid time*")]
    [InlineData("@at 2030-02-30T00:00:00Z", "@at '2030-02-30T00:00:00Z' has no valid time*")]
    [InlineData("@at 2030-01-01T24:00:00Z", "@at * has no valid time*")]
    [InlineData("@at 2030-01-01T00:00:00", "@at * has no valid time*")]
    [InlineData("@at 2030-01-01 00:00:00Z", "@at * has no valid time*")]
    [InlineData("@at 2030-01-01T00:00:00.Z", "@at * has no valid time*")]
    [InlineData("@at 2030-01-01T00:00:00+24:00", "@at * has no valid time*")]
    [InlineData("@at 2030-01-01T00:00:00Zx", "@at * has no valid time*")]
    [InlineData("@at 0001-01-01T00:00:00+01:00", "@at * has no valid time*")]
    [InlineData("TZ=Europe/Madrid", "has no schedule after TZ=Europe/Madrid; expected *")]
    [InlineData("TZ=Europe/Madrid   ", "has no schedule after TZ=Europe/Madrid; expected *")]
    [InlineData("TZ=", "TZ= names no zone*")]
    [InlineData("CRON_TZ= 0 0 * * *", "CRON_TZ= names no zone*")]
    [InlineData("TZ=Nowhere/Land 0 0 * * *", "unknown time zone 'Nowhere/Land'; expected a name of the tz database*")]
    [InlineData("TZ=../../etc/passwd 0 0 * * *", "unknown time zone '../../etc/passwd'*")]
    [InlineData("TZ=/etc/localtime 0 0 * * *", "unknown time zone '/etc/localtime'*")]
    [InlineData("TZ=leapseconds 0 0 * * *", "unknown time zone 'leapseconds'*")]
    [InlineData("TZ=Europe/Madrid @at 2030-01-01T00:00:00Z", "@at takes no TZ= before it*")]
    [InlineData("TZ=Europe/Madrid @at something with ~", "@at takes no TZ= before it*")]
    [InlineData("TZ=Europe/Madrid @manually", "@manually takes no TZ= before it*")]
    [InlineData("TZ=Europe/Madrid TZ=UTC @daily", "expected 6 fields*found 2")]
    [InlineData("\0 * * * *", "field 1 (minute): '\\u{0}' *")]
    [InlineData("1\u202E2 * * * *", "field 1 (minute): '1\\u{202e}2' *")]
    public void What_is_wrong_where_and_what_was_expected_is_said(string text, string expected)
    {
        var error = Times.Error(text);

        error.Should().Match(expected.Replace("[*]", "?", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Nowhere/Land")]
    [InlineData("Eastern Standard Time Of Nowhere")]
    [InlineData("Europe/Madrid\0")]
    public void A_job_s_unknown_zone_is_refused_whatever_the_schedule(string timeZone)
    {
        var errors = new[] { Times.Error("@daily", timeZone), Times.Error("@every 5m", timeZone) };

        errors.Should().OnlyContain(e => e.StartsWith("unknown time zone '"));
    }

    [Fact]
    public void A_zone_in_the_wrong_case_is_refused_whether_or_not_it_is_loaded_already()
    {
        Times.Schedule("@daily", "Europe/Madrid");

        var error = Times.Error("@daily", "europe/madrid");

        error.Should().StartWith("unknown time zone 'europe/madrid'");
    }

    [Fact]
    public void A_huge_text_gives_a_short_error()
    {
        var texts = new[] { new string('9', 1_000_000) + " * * * *", new string('x', 1_000_000), "@" + new string('x', 1_000_000), "TZ=" + new string('x', 1_000_000) + " @daily" };

        var errors = texts.Select(t => Times.Error(t));

        errors.Should().OnlyContain(e => e.Length < 250);
    }
}

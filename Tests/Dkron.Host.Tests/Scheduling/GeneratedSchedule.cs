namespace Dkron.Host.Tests.Scheduling;

/// <summary>A cron expression that was made together with its meaning, so that nothing need read its text to know it.</summary>
internal sealed class GeneratedSchedule
{
    private readonly bool[] _seconds;
    private readonly bool[] _minutes;
    private readonly bool[] _hours;
    private readonly bool[] _months;
    private readonly Func<DateTime, bool> _dayOfMonth;
    private readonly Func<DateTime, bool> _dayOfWeek;
    private readonly bool _either;

    public GeneratedSchedule(Random random, int nameSum)
    {
        var six = random.Next(5) > 0;
        var seconds = six ? GeneratedField.Of(random, nameSum, 0, 59, 60, dense: false) : GeneratedField.Only(0);
        var minutes = GeneratedField.Of(random, nameSum, 0, 59, 60, dense: true);
        var hours = random.Next(3) == 0 ? GeneratedField.Of(random, nameSum, 0, 23, 24, dense: true) : GeneratedField.EarlyHours(random);
        var days = GeneratedDay.OfMonth(random, nameSum);
        var months = random.Next(2) == 0 ? GeneratedField.Star() : GeneratedField.Month(random, nameSum);
        var weekdays = GeneratedDay.OfWeek(random, nameSum);
        (_seconds, _minutes, _hours, _months) = (seconds.Allowed, minutes.Allowed, hours.Allowed, months.Allowed);
        (_dayOfMonth, _dayOfWeek) = (days.Matches, weekdays.Matches);
        _either = days.Restricted && weekdays.Restricted;
        Repeats = minutes.Repeats || hours.Repeats;
        Text = string.Join(random.Next(10) == 0 ? "  " : " ", (six ? new[] { seconds.Text } : []).Concat([minutes.Text, hours.Text, days.Text, months.Text, weekdays.Text]));
    }

    public string Text { get; }

    /// <summary><c>*</c>, <c>?</c> or an open step in the minute or the hour.</summary>
    public bool Repeats { get; }

    public bool MatchesSecond(int second) => _seconds[second];

    public bool MatchesMinute(DateTime shown) => _minutes[shown.Minute] && _hours[shown.Hour] && MatchesDay(shown);

    public bool MatchesDay(DateTime day)
        => _months[day.Month] && (_either ? _dayOfMonth(day) || _dayOfWeek(day) : _dayOfMonth(day) && _dayOfWeek(day));

    public override string ToString() => Text;
}

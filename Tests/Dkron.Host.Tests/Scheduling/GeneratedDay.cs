namespace Dkron.Host.Tests.Scheduling;

/// <summary>The text of a day field, and which days it allows.</summary>
internal sealed record GeneratedDay(string Text, bool Restricted, Func<DateTime, bool> Matches)
{
    private static readonly string[] Names = ["sun", "mon", "TUE", "wed", "thu", "fri", "sat"];

    public static GeneratedDay OfMonth(Random random, int nameSum)
    {
        var n = random.Next(1, 32);
        var back = random.Next(0, 6);
        return random.Next(12) switch
        {
            0 => new("L", true, d => d.AddDays(1).Day == 1),
            1 => new($"L-{back}", true, d => d.Day == DateTime.DaysInMonth(d.Year, d.Month) - back),
            2 => new("LW", true, d => IsNearestWeekday(d, DateTime.DaysInMonth(d.Year, d.Month))),
            3 => new($"{n}W", true, d => n <= DateTime.DaysInMonth(d.Year, d.Month) && IsNearestWeekday(d, n)),
            4 or 5 => Field(GeneratedField.Of(random, nameSum, 1, 31, 28, dense: true), d => d.Day),
            6 => new("?", false, _ => true),
            _ => new("*", false, _ => true),
        };
    }

    public static GeneratedDay OfWeek(Random random, int nameSum)
    {
        var day = random.Next(0, 7);
        var nth = random.Next(1, 6);
        return random.Next(12) switch
        {
            0 => new($"{(day == 0 ? 7 : day)}L", true, d => (int)d.DayOfWeek == day && d.AddDays(7).Month != d.Month),
            1 => new($"{Names[day]}#{nth}", true, d => (int)d.DayOfWeek == day && (d.Day + 6) / 7 == nth),
            2 => new(Names[day], true, d => (int)d.DayOfWeek == day),
            3 => new($"{day}-7", true, d => (int)d.DayOfWeek >= day || d.DayOfWeek == DayOfWeek.Sunday),
            4 => Field(GeneratedField.Of(random, nameSum, 0, 6, 7, dense: true), d => (int)d.DayOfWeek),
            5 => new("?", false, _ => true),
            _ => new("*", false, _ => true),
        };
    }

    private static GeneratedDay Field(GeneratedField field, Func<DateTime, int> value)
    {
        var star = field.Text.Split(',').Any(item => item is "*" or "*/1");
        return new GeneratedDay(field.Text, !star, d => field.Allowed[value(d)]);
    }

    /// <summary>The weekday closest to a day, without leaving the month.</summary>
    private static bool IsNearestWeekday(DateTime day, int wanted)
    {
        var target = new DateTime(day.Year, day.Month, wanted);
        var last = DateTime.DaysInMonth(day.Year, day.Month);
        var nearest = target.DayOfWeek switch
        {
            DayOfWeek.Saturday => wanted == 1 ? 3 : wanted - 1,
            DayOfWeek.Sunday => wanted == last ? last - 2 : wanted + 1,
            _ => wanted,
        };
        return day.Day == nearest;
    }
}

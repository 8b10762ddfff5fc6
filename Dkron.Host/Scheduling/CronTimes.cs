using Cronos;

namespace Dkron.Host.Scheduling;

/// <summary>The due times of a cron expression in a time zone.</summary>
/// <remarks>
/// Cronos works on what the zone's clocks show; the stretches of the zone say when they show it.
/// A time that is said in hours and minutes is due the first moment at which the clocks show it or have passed it: once a day,
/// also when they skip it or show it twice. What repeats within the hour or day is due whenever the clocks show it.
/// Source: cron(8) of Debian and ISC, which treat small changes of the clock so; Cronos makes up for skipped times of both kinds.
/// </remarks>
internal sealed class CronTimes(CronExpression[] expressions, bool repeats, ZoneClock clock) : DueTimes
{
    private const long NotKnown = -1;
    private const long Never = long.MaxValue;

    /// <summary>More than the clocks of any zone have ever been set by.</summary>
    private const long Margin = 3 * TimeSpan.TicksPerDay;

    /// <summary>True when there is any time at all.</summary>
    public bool CanBeDue => FirstFrom(0) != Never;

    public override DateTimeOffset? Next(DateTimeOffset after, DateTimeOffset anchor)
    {
        var stretch = clock.At(after.UtcTicks);
        var shown = after.UtcTicks + stretch.Offset;
        var from = shown - (shown % TimeSpan.TicksPerSecond) + TimeSpan.TicksPerSecond;
        from = Math.Max(repeats ? from : Math.Max(from, stretch.LocalStartBefore), 0);
        var due = NotKnown;
        while (true)
        {
            due = due < from ? FirstFrom(from) : due;
            if (due == Never)
            {
                return null;
            }

            if (due < stretch.LocalEnd)
            {
                return ZoneClock.Show(due - stretch.Offset, stretch.Offset);
            }

            // What clocks show again at a change can match only when it lies before where the search began:
            // past that, nothing between can change what was found days ahead, so go there at once.
            if (due - stretch.LocalEnd > 2 * Margin && stretch.LocalEnd - from > Margin)
            {
                stretch = clock.At(due - stretch.Offset - Margin);
                continue;
            }

            var following = clock.After(stretch);
            if (following is null)
            {
                return null;
            }

            if (following.LocalStart < stretch.LocalEnd)
            {
                // The clocks were set back. What repeats is looked for once more in what they show again.
                (from, due) = repeats ? (following.LocalStart, NotKnown) : (from, due);
            }
            else if (due < following.LocalStart)
            {
                if (!repeats)
                {
                    return ZoneClock.Show(following.Start, following.Offset);
                }

                from = following.LocalStart;
            }

            stretch = following;
        }
    }

    /// <summary>The first matching local time at or after another.</summary>
    private long FirstFrom(long local)
    {
        var first = Never;
        if (local <= DateTime.MaxValue.Ticks)
        {
            var from = new DateTime(local, DateTimeKind.Utc);
            foreach (var expression in expressions)
            {
                first = Math.Min(first, expression.GetNextOccurrence(from, inclusive: true)?.Ticks ?? Never);
            }
        }

        return first;
    }
}

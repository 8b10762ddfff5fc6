using System.Collections.Concurrent;

namespace Dkron.Host.Scheduling;

/// <summary>What the clocks of one time zone show, as stretches between one change of the clocks and the next. Thread-safe.</summary>
/// <remarks>
/// Only the offset at a moment is asked of <see cref="TimeZoneInfo"/>. What it says of times that do not exist or come twice
/// rests on its adjustment rules, which cannot express every change in the tz database.
/// </remarks>
internal sealed class ZoneClock(TimeZoneInfo zone)
{
    /// <summary>No zone has changed its clocks twice within this time since 1970.</summary>
    private const long StepTicks = 12 * TimeSpan.TicksPerHour;

    private readonly ConcurrentDictionary<int, Stretch[]> _years = new();
    private Stretch? _recent;

    /// <summary>The stretch in which a moment lies.</summary>
    public Stretch At(long utcTicks)
    {
        var recent = Volatile.Read(ref _recent);
        if (recent is not null && utcTicks >= recent.Start && utcTicks < recent.End)
        {
            return recent;
        }

        var stretches = Year(new DateTime(utcTicks).Year);
        var index = stretches.Length - 1;
        while (stretches[index].Start > utcTicks)
        {
            index--;
        }

        Volatile.Write(ref _recent, stretches[index]);
        return stretches[index];
    }

    /// <summary>The stretch that follows; null at the end of the year 9999.</summary>
    public Stretch? After(Stretch stretch)
    {
        var stretches = Year(stretch.Year);
        return stretch.Index + 1 < stretches.Length ? stretches[stretch.Index + 1]
            : stretch.Year < DateTime.MaxValue.Year ? Year(stretch.Year + 1)[0]
            : null;
    }

    /// <summary>A moment with the offset that the zone has then.</summary>
    public DateTimeOffset Show(long utcTicks) => Show(utcTicks, At(utcTicks).Offset);

    /// <summary>A moment with an offset, or in UTC where the offset would lead out of the calendar.</summary>
    public static DateTimeOffset Show(long utcTicks, long offset)
        => utcTicks + offset is >= 0 and var local && local <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset(local, new TimeSpan(offset))
            : new DateTimeOffset(utcTicks, TimeSpan.Zero);

    private Stretch[] Year(int year) => _years.TryGetValue(year, out var known) ? known : _years.GetOrAdd(year, Build);

    private Stretch[] Build(int year)
    {
        var begin = new DateTime(year, 1, 1).Ticks;
        var end = year == DateTime.MaxValue.Year ? DateTime.MaxValue.Ticks + 1 : new DateTime(year + 1, 1, 1).Ticks;
        var stretches = new List<Stretch>();
        var (start, offset) = (begin, OffsetAt(begin));
        var before = begin == 0 ? offset : OffsetAt(begin - 1);
        for (var at = begin; at < end; at += StepTicks)
        {
            var next = Math.Min(at + StepTicks, end - 1);
            var nextOffset = OffsetAt(next);
            if (nextOffset != offset)
            {
                var change = ChangeBetween(at, next);
                stretches.Add(new Stretch(year, stretches.Count, start, change, offset, before));
                (start, before, offset) = (change, offset, nextOffset);
            }
        }

        stretches.Add(new Stretch(year, stretches.Count, start, end, offset, before));
        return [.. stretches];
    }

    private long ChangeBetween(long before, long after)
    {
        var offset = OffsetAt(before);
        while (after - before > 1)
        {
            var middle = before + ((after - before) / 2);
            (before, after) = OffsetAt(middle) == offset ? (middle, after) : (before, middle);
        }

        return after;
    }

    private long OffsetAt(long utcTicks) => zone.GetUtcOffset(new DateTime(utcTicks, DateTimeKind.Utc)).Ticks;
}

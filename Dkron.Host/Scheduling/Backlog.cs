using Dkron.Host.Jobs;

namespace Dkron.Host.Scheduling;

/// <summary>The due times of one job that could not be taken in time, from the first to the last. They are reckoned when they are asked for.</summary>
internal sealed class Backlog(Job job, long anchor, DateTimeOffset first, long until, long hold)
{
    private static readonly TimeSpan FirstSpan = TimeSpan.FromMinutes(1);
    private readonly Schedule _schedule = job.Schedule!;
    private readonly DateTimeOffset? _expiresAt = job.ExpiresAt;
    private readonly DateTimeOffset _anchor = new(anchor, TimeSpan.Zero);
    private long _until = until;

    public DateTimeOffset First => first;

    /// <summary>No due time is later. Earlier than before once the clock has been corrected.</summary>
    public DateTimeOffset Until => new(Volatile.Read(ref _until), TimeSpan.Zero);

    /// <summary>Tells one backlog of a job from another.</summary>
    public long Hold => hold;

    /// <summary>Takes in that the clock had been wrong: what is later than it shows now was not missed, but is still to come.</summary>
    public void ClockCorrected(long now) => Volatile.Write(ref _until, Math.Min(_until, now));

    /// <summary>As it is now, whatever the clock does meanwhile.</summary>
    public Backlog Copy() => new(job, anchor, first, Until.UtcTicks, hold);

    /// <summary>The due times before a moment, at most so many.</summary>
    public int CountBefore(DateTimeOffset moment, int limit) => From(first).TakeWhile(due => due < moment).Take(limit).Count();

    /// <summary>The latest due times, in order; all of them when there are not more.</summary>
    public IReadOnlyList<DateTimeOffset> Latest(int count)
    {
        // Looked for from the end, in longer and longer stretches: of a job that is due each second there may be millions.
        for (var span = FirstSpan; ; span *= 4)
        {
            var isAll = Until - first <= span;
            var latest = new Queue<DateTimeOffset>();
            var found = 0;
            foreach (var due in isAll ? From(first) : From(_schedule.Next(Until - span, _anchor)))
            {
                found++;
                if (latest.Count == count)
                {
                    latest.Dequeue();
                }

                latest.Enqueue(due);
            }

            if (isAll || found >= count)
            {
                return [.. latest];
            }
        }
    }

    private IEnumerable<DateTimeOffset> From(DateTimeOffset? due)
    {
        for (; due is { } time && time <= Until && (_expiresAt is not { } expires || time < expires); due = _schedule.Next(time, _anchor))
        {
            yield return time;
        }
    }
}

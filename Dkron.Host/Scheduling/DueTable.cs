using System.Runtime.InteropServices;
using Dkron.Host.Jobs;

namespace Dkron.Host.Scheduling;

/// <summary>All scheduled jobs, each with the next time it is due. Not thread-safe; the caller says what time it is.</summary>
internal sealed class DueTable
{
    private readonly Dictionary<string, int> _slotOf = [];
    private readonly Stack<int> _free = [];
    private readonly DueQueue _queue = new();
    private Entry[] _entries = [];
    private int _used;
    private int _round;
    private int _inRound;
    private long _lastHold;
    private readonly Queue<Firing> _leftovers = [];
    private readonly HashSet<Backlog> _backlogs = [];   // all that have not been worked off
    private (Schedule? Schedule, long After, DateTimeOffset? Next) _recent;

    public int Count => _slotOf.Count;

    /// <summary>When the first of all jobs is due, in UTC ticks; <see cref="DueQueue.NotQueued"/> when none is.</summary>
    public long FirstDue => _leftovers.Count > 0 ? 0 : _queue.FirstMoment;

    /// <summary>Adds a job, or replaces the one of that name.</summary>
    /// <param name="scheduled">The job.</param>
    /// <param name="now">The time; what was due before a job came, unless it says otherwise, or before its schedule was changed, is not due for it.</param>
    /// <remarks>
    /// A job whose times did not change keeps its place. What was due by the old times and could not be taken yet still comes,
    /// for the job as it is now; unless that does not fire by itself any more.
    /// </remarks>
    public void Put(ScheduledJob scheduled, long now)
    {
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_slotOf, scheduled.Job.Name.Text, out var known);
        if (!known)
        {
            slot = TakeFreeSlot();
            _entries[slot] = new Entry
            {
                Job = scheduled.Job,
                Anchor = scheduled.Anchor.UtcTicks,
                Since = Math.Min(scheduled.Since?.UtcTicks ?? now, now),
                Fired = scheduled.LastDueAt?.UtcTicks ?? long.MinValue,
                Round = _round,
            };
            _inRound++;
            Arm(slot);
            return;
        }

        ref var entry = ref _entries[slot];
        var before = entry;
        entry.Job = scheduled.Job;
        entry.Anchor = scheduled.Anchor.UtcTicks;
        _inRound += entry.Round == _round ? 0 : 1;
        entry.Round = _round;
        if (ReferenceEquals(before.Job, scheduled.Job) && before.Anchor == entry.Anchor)
        {
            return;
        }

        if (before.Anchor != entry.Anchor || !SameTimes(before.Job!, scheduled.Job))
        {
            if (FiresByItself(scheduled.Job) && Due(before) is { } due && due.UtcTicks <= now)
            {
                _leftovers.Enqueue(new Firing(scheduled.Job, due, NewBacklog(before, due, now, hold: 0)));
            }

            entry.Since = now;
            Arm(slot);
        }
    }

    public bool Remove(string jobName)
    {
        if (!_slotOf.Remove(jobName, out var slot))
        {
            return false;
        }

        _queue.Remove(slot);
        _inRound -= _entries[slot].Round == _round ? 1 : 0;
        _entries[slot] = default;
        _free.Push(slot);
        return true;
    }

    /// <summary>Begins to put a whole set of jobs.</summary>
    public void BeginRound(int count)
    {
        (_round, _inRound) = (_round + 1, 0);
        _slotOf.EnsureCapacity(count);
        if (count > _entries.Length)
        {
            Array.Resize(ref _entries, count);
            _queue.EnsureSlots(count);
        }
    }

    /// <summary>Removes the jobs that have not been put since the round began.</summary>
    public void EndRound()
    {
        if (_inRound == Count)
        {
            return;
        }

        foreach (var (name, slot) in _slotOf)
        {
            if (_entries[slot].Round != _round)
            {
                Remove(name);
            }
        }
    }

    /// <summary>Takes the first firing that is due.</summary>
    public bool TryTake(long now, out Firing firing)
    {
        if (_leftovers.TryDequeue(out firing))
        {
            return true;
        }

        var due = _queue.FirstMoment;
        if (due > now)
        {
            firing = default;
            return false;
        }

        var slot = _queue.First;
        ref var entry = ref _entries[slot];
        firing = new Firing(entry.Job!, DueAt(due, entry));
        if (now - due <= Lateness.OnTime(entry.Job!).Ticks)
        {
            entry.Fired = due;
        }
        else
        {
            // All that was missed is one piece of work, however much it is, and the job is due again when that is done.
            entry.Hold = ++_lastHold;
            firing = firing with { Backlog = NewBacklog(entry, firing.DueAt, now, entry.Hold) };
            entry.Fired = now;
        }

        Arm(slot);
        return true;
    }

    /// <summary>Lets a job be due again after its backlog has been worked off.</summary>
    public void Release(string jobName, Backlog backlog)
    {
        _backlogs.Remove(backlog);
        if (backlog.Hold != 0 && _slotOf.TryGetValue(jobName, out var slot) && _entries[slot].Hold == backlog.Hold)
        {
            _entries[slot].Hold = 0;
            Arm(slot);
        }
    }

    public DateTimeOffset? NextOf(string jobName) => _slotOf.TryGetValue(jobName, out var slot) ? Due(_entries[slot]) : null;

    /// <summary>Takes in that the clock went back.</summary>
    /// <param name="now">What it shows now.</param>
    /// <param name="forget">True when it had been wrong by so much that what fired meanwhile must not silence a job until that time comes.</param>
    public void ClockWentBack(long now, bool forget)
    {
        foreach (var slot in _slotOf.Values)
        {
            ref var entry = ref _entries[slot];
            var forgets = forget && entry.Fired > now;
            if (entry.Since > now || forgets)
            {
                entry.Since = Math.Min(entry.Since, now);
                entry.Fired = forgets ? now : entry.Fired;
                Arm(slot);
            }
        }

        if (forget)
        {
            foreach (var backlog in _backlogs)
            {
                backlog.ClockCorrected(now);
            }
        }
    }

    private Backlog NewBacklog(in Entry entry, DateTimeOffset first, long until, long hold)
    {
        var backlog = new Backlog(entry.Job!, entry.Anchor, first, until, hold);
        _backlogs.Add(backlog);
        return backlog;
    }

    private int TakeFreeSlot()
    {
        if (_free.TryPop(out var slot))
        {
            return slot;
        }

        if (_used == _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(16, 2 * _used));
            _queue.EnsureSlots(_entries.Length);
        }

        return _used++;
    }

    /// <summary>Queues a slot for the next time its job is due, if there is one.</summary>
    private void Arm(int slot)
    {
        ref var entry = ref _entries[slot];
        _queue.Remove(slot);
        if (entry.Hold == 0 && Due(entry) is { } due)
        {
            entry.OffsetMinutes = (short)due.Offset.TotalMinutes;
            _queue.Add(slot, due.UtcTicks);
        }
    }

    /// <summary>When a job is due next, whether or not it waits for that.</summary>
    private DateTimeOffset? Due(in Entry entry) =>
        FiresByItself(entry.Job!) && Next(entry) is { } due && (entry.Job!.ExpiresAt is not { } expires || due < expires) ? due : null;

    private DateTimeOffset? Next(in Entry entry)
    {
        var schedule = entry.Job!.Schedule!;
        var after = Math.Max(Math.Max(entry.Since, entry.Fired), (entry.Job.StartsAt?.UtcTicks ?? 0) - 1);
        if (schedule.CountsFromAnchor)
        {
            return schedule.Next(new DateTimeOffset(after, TimeSpan.Zero), new DateTimeOffset(entry.Anchor, TimeSpan.Zero));
        }

        // Equal schedules are one instance: of thousands that are due together only the first is reckoned.
        if (!ReferenceEquals(_recent.Schedule, schedule) || _recent.After != after)
        {
            var moment = new DateTimeOffset(after, TimeSpan.Zero);
            _recent = (schedule, after, schedule.Next(moment, moment));
        }

        return _recent.Next;
    }

    /// <remarks>A job with a parent is started by its parent only; its schedule is ignored, as in Dkron.</remarks>
    public static bool FiresByItself(Job job) => job is { Schedule: not null, Disabled: false, NotSelected: null, Parent: null };

    private static bool SameTimes(Job one, Job other)
        => ReferenceEquals(one.Schedule, other.Schedule)
            && one.StartsAt == other.StartsAt
            && one.ExpiresAt == other.ExpiresAt
            && FiresByItself(one) == FiresByItself(other);

    private static DateTimeOffset DueAt(long due, in Entry entry) => new DateTimeOffset(due, TimeSpan.Zero).ToOffset(TimeSpan.FromMinutes(entry.OffsetMinutes));

    private struct Entry
    {
        public Job? Job;
        public long Anchor;

        /// <summary>From when on the job counts as it is now.</summary>
        public long Since;

        /// <summary>When it was last due; it never is at that time or before once more.</summary>
        public long Fired;

        /// <summary>The number of the backlog that is being worked off; 0 for none.</summary>
        public long Hold;

        public int Round;
        public short OffsetMinutes;
    }
}

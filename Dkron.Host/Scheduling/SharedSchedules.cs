using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Dkron.Host.Scheduling;

/// <summary>Lets equal schedules share one instance, as long as somebody uses it. Thread-safe.</summary>
internal sealed class SharedSchedules
{
    /// <summary>More different schedules than this are not worth a place here: the entry would cost as much as it saves.</summary>
    private const int MaxEntries = 65_536;

    private const int MinAdditionsBetweenSweeps = 1024;

    private readonly ConcurrentDictionary<(string Text, string TimeZone, int Spread), WeakReference<Schedule>> _entries = new();
    private int _count;
    private int _additionsUntilSweep = MinAdditionsBetweenSweeps;

    public int Count => Volatile.Read(ref _count);

    public bool TryGet(string text, string timeZone, int spread, [NotNullWhen(true)] out Schedule? schedule)
    {
        schedule = null;
        return _entries.TryGetValue((text, timeZone, spread), out var entry) && entry.TryGetTarget(out schedule);
    }

    public void Add(string text, string timeZone, int spread, Schedule schedule)
    {
        if (Interlocked.Decrement(ref _additionsUntilSweep) <= 0)
        {
            Sweep();
        }

        var key = (text, timeZone, spread);
        if (_entries.TryGetValue(key, out var entry))
        {
            entry.SetTarget(schedule);
        }
        else if (Count < MaxEntries && _entries.TryAdd(key, new WeakReference<Schedule>(schedule)))
        {
            Interlocked.Increment(ref _count);
        }
    }

    private void Sweep()
    {
        // As many additions as there are entries until the next one, so that sweeping stays proportional to adding.
        Volatile.Write(ref _additionsUntilSweep, Math.Max(MinAdditionsBetweenSweeps, Count));
        foreach (var (key, entry) in _entries)
        {
            if (!entry.TryGetTarget(out _) && _entries.TryRemove(key, out _))
            {
                Interlocked.Decrement(ref _count);
            }
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Dkron.Host.Scheduling;

/// <summary>Lets equal schedules share one instance, as long as somebody uses it. Thread-safe.</summary>
internal sealed class SharedSchedules
{
    /// <summary>More different schedules than this are not worth a place here: the entry would cost as much as it saves.</summary>
    private const int MaxEntries = 65_536;

    private readonly ConcurrentDictionary<(string Text, string TimeZone, int Spread), WeakReference<Schedule>> _entries = new();
    private int _entriesAtNextSweep = 1024;

    public int Count => _entries.Count;

    public bool TryGet(string text, string timeZone, int spread, [NotNullWhen(true)] out Schedule? schedule)
    {
        schedule = null;
        return _entries.TryGetValue((text, timeZone, spread), out var entry) && entry.TryGetTarget(out schedule);
    }

    public void Add(string text, string timeZone, int spread, Schedule schedule)
    {
        if (_entries.Count >= Volatile.Read(ref _entriesAtNextSweep))
        {
            Sweep();
        }

        if (_entries.Count < MaxEntries)
        {
            _entries[(text, timeZone, spread)] = new WeakReference<Schedule>(schedule);
        }
    }

    private void Sweep()
    {
        foreach (var (key, entry) in _entries)
        {
            if (!entry.TryGetTarget(out _))
            {
                _entries.TryRemove(key, out _);
            }
        }

        // Twice what is alive, so that the sweeps together stay proportional to the additions.
        Volatile.Write(ref _entriesAtNextSweep, Math.Max(1024, 2 * _entries.Count));
    }
}

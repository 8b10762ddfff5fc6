using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Dkron.Host.Records;

/// <summary>What is remembered of all jobs, in memory as it is on disk. Read from any thread, written by the writer after a commit.</summary>
internal sealed class JobTable(IEnumerable<JobRow> rows)
{
    private readonly ConcurrentDictionary<string, JobRow> _byName = new(rows.Select(row => KeyValuePair.Create(row.Name, row)), StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, string> _names = new(rows.Select(row => KeyValuePair.Create(row.Key, row.Name)));
    private long _lastKey = rows.Select(row => row.Key).DefaultIfEmpty().Max();

    public IEnumerable<JobRow> All => _byName.Values;

    public bool TryGet(string name, [NotNullWhen(true)] out JobRow? row) => _byName.TryGetValue(name, out row);

    public JobRow? Find(long key) => _names.TryGetValue(key, out var name) ? _byName.GetValueOrDefault(name) : null;

    /// <summary>A key for a new job; the writer's alone.</summary>
    public long NextKey() => ++_lastKey;

    public void Publish(JobRow row)
    {
        _byName[row.Name] = row;
        _names[row.Key] = row.Name;
    }
}

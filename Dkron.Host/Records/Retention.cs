namespace Dkron.Host.Records;

/// <summary>Removes what is older, or more, than is to be kept; a little with each transaction, so that no writer waits for it.</summary>
/// <remarks>The last success and the last failure of a job stay, and what is not done with: not processed yet, or with a step that waits for its next try. All members are the writer's alone.</remarks>
internal sealed class Retention(RecordOptions options, JobTable jobs, TimeProvider time)
{
    /// <summary>How many executions one transaction removes when it writes fewer itself: a few milliseconds.</summary>
    public const int SmallestStep = 32;

    private static readonly TimeSpan LongestStep = TimeSpan.FromMilliseconds(5);

    /// <summary>How many executions are looked at in a step, of one job or of all. More than are removed, because many may have to stay while a receiver is down.</summary>
    private const int LongestLook = 1024;

    private const long SpareFreePages = 256;
    private static readonly TimeSpan Restart = TimeSpan.FromHours(1);
    private static readonly (long StartedAt, long Key) Beginning = (long.MinValue, 0);
    private readonly HashSet<string> _crowded = [.. jobs.All.Where(job => job.Kept > options.MaxExecutionsPerJob).Select(job => job.Name)];
    private readonly Dictionary<string, (long StartedAt, long Key)> _crowdPositions = new(StringComparer.Ordinal);
    private DateTimeOffset _restartedAt = time.GetUtcNow();
    private (long StartedAt, long Key) _agePosition = Beginning;
    private (long StartedAt, long Key) _sizePosition = Beginning;
    private bool _isAgeDue;
    private bool _isSizeDue;
    private bool _hasFreed;
    private long _stepBegan;

    private bool IsLong => time.GetElapsedTime(_stepBegan) > LongestStep;

    public bool HasWork => _crowded.Count > 0 || _isAgeDue || _isSizeDue || _hasFreed;

    /// <summary>Looks at age and size again, and again at those that had to stay; at those that are too old only now and then.</summary>
    public void Tick()
    {
        var now = time.GetUtcNow();
        if (now - _restartedAt >= Restart)
        {
            _restartedAt = now;
            _agePosition = Beginning;
        }

        _isAgeDue = true;
        _isSizeDue = true;
        _sizePosition = Beginning;
        _crowded.UnionWith(_crowdPositions.Keys);
        _crowdPositions.Clear();
        _hasFreed = true;
    }

    /// <summary>Notices which jobs have too many executions now.</summary>
    public void Notice(IEnumerable<JobRow> changed)
    {
        foreach (var job in changed.Where(job => job.Kept > options.MaxExecutionsPerJob))
        {
            _crowded.Add(job.Name);
        }
    }

    /// <summary>Waits for the next tick, after an error.</summary>
    public void Pause()
    {
        _crowded.Clear();
        (_isAgeDue, _isSizeDue, _hasFreed) = (false, false, false);
    }

    /// <summary>Removes up to <paramref name="limit"/> executions, or, when there are none to remove, gives some pages back.</summary>
    /// <returns>Whether anything was changed.</returns>
    public bool Step(WriteBatch batch, int limit)
    {
        _stepBegan = time.GetTimestamp();
        var removed = RemoveCrowd(batch, limit);
        removed += _isAgeDue && removed < limit ? RemoveOld(batch, limit - removed) : 0;
        removed += _isSizeDue && removed < limit ? RemoveForSize(batch, limit - removed) : 0;
        if (removed > 0)
        {
            _hasFreed = true;
        }
        else if (_hasFreed)
        {
            _hasFreed = GiveBack(batch.Statements);
        }

        return _hasFreed;
    }

    private int RemoveCrowd(WriteBatch batch, int limit)
    {
        var removed = 0;
        foreach (var name in _crowded.ToArray())
        {
            var job = batch.Job(name);
            var excess = (int)Math.Min(job.Kept - options.MaxExecutionsPerJob, limit - removed);
            if (removed == limit || IsLong)
            {
                break;
            }

            if (excess <= 0)
            {
                _crowded.Remove(name);
                continue;
            }

            var position = _crowdPositions.GetValueOrDefault(name, Beginning);
            var select = batch.Statements.OldestOfJob.Bind(job.Key).Bind(position.StartedAt).Bind(position.Key).Bind(LongestLook);
            var (count, hasSeenAll) = Remove(batch, select, ref position, LongestLook, excess);
            _crowdPositions[name] = position;
            removed += count;
            if (hasSeenAll)
            {
                _crowded.Remove(name);
            }
        }

        return removed;
    }

    private int RemoveOld(WriteBatch batch, int limit)
    {
        var oldest = UnixNanoseconds.From(time.GetUtcNow() - options.MaxAge);
        return RemoveFrom(batch, ref _agePosition, oldest, limit, ref _isAgeDue);
    }

    private int RemoveForSize(WriteBatch batch, int limit)
    {
        var statements = batch.Statements;
        var used = ((statements.PageCount.Number() - statements.FreePages.Number()) * statements.PageSize.Number()) + statements.FileBytes.Number();
        if (used <= options.MaxTotalBytes)
        {
            _isSizeDue = false;
            return 0;
        }

        return RemoveFrom(batch, ref _sizePosition, long.MaxValue, limit, ref _isSizeDue);
    }

    private int RemoveFrom(WriteBatch batch, ref (long StartedAt, long Key) position, long before, int limit, ref bool isDue)
    {
        var select = batch.Statements.OldestOfAll.Bind(before).Bind(position.StartedAt).Bind(position.Key).Bind(LongestLook);
        var (removed, hasSeenAll) = Remove(batch, select, ref position, LongestLook, limit);
        isDue = !hasSeenAll;
        return removed;
    }

    /// <summary>Removes those of the selected that may go, at most so many, and moves the position behind the last one that was looked at.</summary>
    /// <returns>How many were removed, and whether there are no more to look at. One is removed however long it takes, so that it goes on.</returns>
    private (int Removed, bool HasSeenAll) Remove(WriteBatch batch, SqliteStatement select, ref (long StartedAt, long Key) position, int looked, int limit)
    {
        var rows = new List<(long Key, long? Document, long StartedAt, JobRow? Job)>();
        var going = 0;
        var isAtEnd = false;
        while (going < limit && !isAtEnd && !(going > 0 && IsLong))
        {
            isAtEnd = !select.Step();
            if (!isAtEnd)
            {
                var job = JobIfItMayGo(batch, select);
                rows.Add((select.Number(0), select.Text(1) is null ? null : select.Number(1), select.Number(3), job));
                going += job is null ? 0 : 1;
            }
        }

        select.Reset();
        var removed = 0;
        foreach (var row in rows)
        {
            if (removed > 0 && IsLong)
            {
                return (removed, false);
            }

            position = (row.StartedAt, row.Key);
            if (row.Job is { } job)
            {
                batch.DeleteExecution(row.Key, job.Key, row.Document);
                job = batch.Job(job.Name);
                batch.Stage(job with { Kept = job.Kept - 1 });
                removed++;
            }
        }

        return (removed, isAtEnd && rows.Count < looked);
    }

    private JobRow? JobIfItMayGo(WriteBatch batch, SqliteStatement select)
    {
        var key = select.Number(0);
        return select.Number(4) != 0 && !batch.Changes(key) && jobs.Find(select.Number(2)) is { } known && batch.Job(known.Name) is { } job && job.LastSuccess != key && job.LastError != key ? job : null;
    }

    /// <returns>Whether there is more to give back. Some free pages stay: new executions will fill them.</returns>
    private bool GiveBack(RecordStatements statements)
    {
        if (statements.FreePages.Number() <= Math.Max(SpareFreePages, (statements.PageCount.Number() ?? 0) / 20))
        {
            return false;
        }

        while (!IsLong && statements.Vacuum.Step())
        {
            // A page is given back with each step.
        }

        statements.Vacuum.Reset();
        return true;
    }
}

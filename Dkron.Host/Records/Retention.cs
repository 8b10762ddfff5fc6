namespace Dkron.Host.Records;

/// <summary>Removes what is older, or more, than is to be kept; a little with each transaction, so that no writer waits for it.</summary>
/// <remarks>The last success and the last failure of a job, and what is not processed yet, stay. All members are the writer's alone.</remarks>
internal sealed class Retention(RecordOptions options, JobTable jobs, TimeProvider time)
{
    /// <summary>How many executions one transaction removes when it writes fewer itself: a few milliseconds.</summary>
    public const int SmallestStep = 32;

    private static readonly TimeSpan LongestStep = TimeSpan.FromMilliseconds(5);

    private const long SpareFreePages = 256;
    private static readonly TimeSpan Restart = TimeSpan.FromHours(1);
    private readonly HashSet<string> _crowded = [.. jobs.All.Where(job => job.Kept > options.MaxExecutionsPerJob).Select(job => job.Name)];
    private DateTimeOffset _restartedAt = time.GetUtcNow();
    private (long StartedAt, long Key) _agePosition = (long.MinValue, 0);
    private (long StartedAt, long Key) _sizePosition = (long.MinValue, 0);
    private bool _isAgeDue;
    private bool _isSizeDue;
    private bool _hasFreed;
    private long _stepBegan;

    private bool IsLong => time.GetElapsedTime(_stepBegan) > LongestStep;

    public bool HasWork => _crowded.Count > 0 || _isAgeDue || _isSizeDue || _hasFreed;

    /// <summary>Looks at age and size again; the beginning of the table, where the protected ones are, only now and then.</summary>
    public void Tick()
    {
        var now = time.GetUtcNow();
        if (now - _restartedAt >= Restart)
        {
            _restartedAt = now;
            _agePosition = (long.MinValue, 0);
        }

        _isAgeDue = true;
        _isSizeDue = true;
        _sizePosition = (long.MinValue, 0);
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
    public void Step(WriteBatch batch, int limit)
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
    }

    private int RemoveCrowd(WriteBatch batch, int limit)
    {
        var removed = 0;
        foreach (var name in _crowded.ToArray())
        {
            var job = batch.Job(name);
            var excess = Math.Min(job.Kept - options.MaxExecutionsPerJob, limit - removed);
            if (removed == limit || IsLong)
            {
                break;
            }

            var candidates = excess <= 0
                ? []
                : Rows(batch.Statements.OldestOfJob.Bind(job.Key).Bind(job.LastSuccess ?? 0).Bind(job.LastError ?? 0).Bind(excess));
            var count = 0;
            foreach (var (key, document) in candidates.TakeWhile(_ => !IsLong))
            {
                batch.DeleteExecution(key, job.Key, document);
                count++;
            }

            removed += count;
            batch.Stage(job with { Kept = job.Kept - count });
            if (candidates.Count == 0)
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
        var select = batch.Statements.OldestOfAll.Bind(before).Bind(position.StartedAt).Bind(position.Key).Bind(limit);
        var rows = new List<(long Key, long? Document, long Job, long StartedAt, bool IsProcessed)>();
        while (select.Step())
        {
            rows.Add((select.Number(0), select.Text(1) is null ? null : select.Number(1), select.Number(2), select.Number(3), select.Number(4) != 0));
        }

        select.Reset();
        var removed = 0;
        var seen = 0;
        foreach (var row in rows.TakeWhile(_ => !IsLong))
        {
            seen++;
            position = (row.StartedAt, row.Key);
            var job = jobs.Find(row.Job) is { } known ? batch.Job(known.Name) : null;
            if (row.IsProcessed && job is not null && job.LastSuccess != row.Key && job.LastError != row.Key)
            {
                batch.DeleteExecution(row.Key, row.Job, row.Document);
                batch.Stage(job with { Kept = job.Kept - 1 });
                removed++;
            }
        }

        isDue = rows.Count == limit || seen < rows.Count;
        return removed;
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

    private static List<(long Key, long? Document)> Rows(SqliteStatement select)
    {
        var rows = new List<(long, long?)>();
        while (select.Step())
        {
            rows.Add((select.Number(0), select.Text(1) is null ? null : select.Number(1)));
        }

        select.Reset();
        return rows;
    }
}

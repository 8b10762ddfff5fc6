using Dkron.Abstractions;

namespace Dkron.Host.Records;

/// <summary>One transaction: what it changes is kept apart until it is on disk, so that a transaction that fails has changed nothing.</summary>
internal sealed class WriteBatch(RecordStatements statements, JobTable jobs, OpenExecutions open, TimeProvider time)
{
    private readonly Dictionary<string, JobRow> _jobs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _jobsToWrite = new(StringComparer.Ordinal);
    private readonly Dictionary<long, ExecutionRow> _rows = [];
    private readonly Dictionary<long, ExecutionRow> _inserted = [];
    private readonly List<string> _filesToDelete = [];
    private long _fileBytes;

    public RecordStatements Statements => statements;

    /// <summary>Paths relative to the output folder, to be deleted when the transaction is on disk.</summary>
    public IReadOnlyList<string> FilesToDelete => _filesToDelete;

    /// <summary>The jobs that this transaction changes.</summary>
    public IEnumerable<JobRow> ChangedJobs => _jobs.Values;

    /// <summary>The jobs that are remembered, as they were before this transaction.</summary>
    public IEnumerable<JobRow> KnownJobs => jobs.All;

    public void Begin() => statements.Begin.Run();

    /// <summary>The job's row as it is after what was done so far; made when there is none.</summary>
    public JobRow Job(string name)
    {
        if (_jobs.TryGetValue(name, out var staged) || jobs.TryGet(name, out staged))
        {
            return staged;
        }

        staged = new JobRow { Key = jobs.NextKey(), Name = name, FirstSeenAt = UnixNanoseconds.From(time.GetUtcNow()) };
        Stage(staged);
        return staged;
    }

    public void Stage(JobRow row)
    {
        _jobs[row.Name] = row;
        _jobsToWrite.Add(row.Name);
    }

    /// <summary>Remembers what need not be on disk yet, because a later write will bring it along.</summary>
    public void Remember(JobRow row) => _jobs[row.Name] = row;

    /// <summary>The execution's row as it is after what was done so far; null when there is none.</summary>
    public ExecutionRow? Find(long key) => _rows.GetValueOrDefault(key) ?? _inserted.GetValueOrDefault(key) ?? open.Find(key);

    /// <summary>Whether the execution is changed here, so that the tables do not say yet how it stands.</summary>
    public bool Changes(long key) => _rows.ContainsKey(key);

    /// <exception cref="ArgumentException">There is no such execution.</exception>
    public ExecutionRow Row(string id) => Find(ExecutionId.KeyOf(id)) ?? throw new ArgumentException($"No execution {id} was claimed.", nameof(id));

    public void Stage(ExecutionRow row) => _rows[row.Key] = row;

    /// <summary>Inserts a new execution. False when its attempt was claimed by another one.</summary>
    public bool TryInsert(ExecutionRow row)
    {
        if (ExecutionColumns.From(row).Bind(statements.InsertExecution).Run() == 0)
        {
            var claimant = statements.Claimant.Bind(row.JobKey).Bind(row.Info.Group).Bind(row.Info.Attempt).Bind(row.Info.NodeName).Number();
            return claimant is not null
                ? claimant == row.Key   // The commit reported an error and was on disk all the same.
                : throw new ArgumentException($"The id {row.Info.Id} was used before.", nameof(row));
        }

        _inserted[row.Key] = row;
        return true;
    }

    /// <summary>Takes the claim of an attempt from an execution that was skipped, which stays on record. False when what has it ran, or something came or comes after it.</summary>
    public bool TryTakeClaim(ExecutionRow row)
    {
        var info = row.Info;
        var claimant = statements.Claimant.Bind(row.JobKey).Bind(info.Group).Bind(info.Attempt).Bind(info.NodeName).Number();
        if (claimant is not { } key
            || Find(key) is not { Info.Status: ExecutionStatus.Skipped, FollowAt: null } skipped
            || statements.LastAttempt.Bind(info.Group).Bind(row.JobKey).Bind(info.NodeName).Number() > info.Attempt)
        {
            return false;
        }

        // Its own key stands for no due time, as that of a run that somebody asked for. At once, as the claim is wanted now, and whole, for the checksum.
        var freed = skipped with { Info = skipped.Info with { Group = key } };
        Stage(freed);
        Write(freed);
        statements.UpdateClaim.Bind(key).Bind(key).Run();
        return true;
    }

    public long? Document(long job, JobDocument? document)
    {
        if (document is null)
        {
            return null;
        }

        return statements.FindDocument.Bind(job).Bind(document.Digest).Number()
            ?? statements.InsertDocument.Bind(job).Bind(document.Digest).Bind(document.Text).Number();
    }

    public void StoreOutput(long key, OutputKind kind, StoredOutput output)
    {
        output.Bind(statements.StoreOutput[(int)kind].Bind(key));
        statements.StoreOutput[(int)kind].Run();
        _fileBytes += output.File is null ? 0 : output.StoredLength;
    }

    /// <remarks><paramref name="except"/>: a file that stays, because it is what comes next.</remarks>
    public void DeleteOutput(long key, OutputKind kind, string? except)
    {
        var find = statements.FindOutput[(int)kind].Bind(key);
        var isThere = find.Step();
        var file = isThere ? find.Text(0) : null;
        var length = isThere ? find.Number(1) : 0;
        find.Reset();
        if (!isThere)
        {
            return;
        }

        statements.DeleteOutput[(int)kind].Bind(key).Run();
        if (file is not null)
        {
            _fileBytes -= length;
            if (file != except)
            {
                _filesToDelete.Add(file);
            }
        }
    }

    public void StoreDelivery(DeliveryWrite write)
    {
        write.Delivery.Bind(statements.StoreDelivery).Run();
        if (write.Input is { } input)
        {
            // The same again when a commit that reported an error was on disk all the same.
            ForgetInputFiles(statements.FindInput.Bind(write.Delivery.Key).Bind(write.Delivery.Step), except: input.File);
            _fileBytes += input.File is null ? 0 : input.StoredLength;
            input.Bind(statements.StoreInput.Bind(write.Delivery.Key).Bind(write.Delivery.Step));
            statements.StoreInput.Run();
        }
    }

    public bool HasDeliveries(long key) => statements.FindDelivery.Bind(key).Number() is not null;

    public void DeleteDelivery(long key, int step)
    {
        statements.DeleteDelivery.Bind(key).Bind(step).Run();
        ForgetInputFiles(statements.FindInput.Bind(key).Bind(step), except: null);
        statements.DeleteInput.Bind(key).Bind(step).Run();
    }

    /// <summary>Lets nothing be due because of a damaged delivery. False when nothing was.</summary>
    public bool SetDeliveryAside(long key, int step) => statements.SetDeliveryAside.Bind(key).Bind(step).Run() > 0;

    /// <summary>Deletes the one that later steps waited for. It has no input of its own.</summary>
    public void DeleteHolding(long key) => statements.DeleteHolding.Bind(key).Run();

    public void DeleteDeliveries(long key)
    {
        statements.DeleteDeliveries.Bind(key).Run();
        ForgetInputFiles(statements.FindInputs.Bind(key), except: null);
        statements.DeleteInputs.Bind(key).Run();
    }

    public void DeleteExecution(long key, long job, long? document)
    {
        DeleteOutput(key, OutputKind.Raw, null);
        DeleteOutput(key, OutputKind.Processed, null);
        DeleteDeliveries(key);
        statements.DeleteExecution.Bind(key).Run();
        // Only when the next in line ran another document it is worth asking whether anyone else ran this one.
        if (document is { } known && statements.OldestDocument.Bind(job).Number() != known)
        {
            statements.DeleteDocument.Bind(known).Bind(job).Run();
        }
    }

    /// <summary>The job's last execution that succeeded and whose processing has ended, as far as they are kept; null when there is none.</summary>
    public (long Key, long FinishedAt)? LastSuccess(long job) => Last(statements.LastSuccess, job);

    /// <summary>The job's last execution that failed and whose processing has ended, as far as they are kept; null when there is none.</summary>
    public (long Key, long FinishedAt)? LastFailure(long job) => Last(statements.LastFailure, job);

    /// <summary>Writes what was staged and makes all of it durable.</summary>
    public void Commit()
    {
        WriteRows();
        foreach (var name in _jobsToWrite)
        {
            _jobs[name].Bind(statements.StoreJob).Run();
        }

        if (_fileBytes != 0)
        {
            statements.AddFileBytes.Bind(_fileBytes).Run();
        }

        statements.Commit.Run();
    }

    /// <summary>Shows others what is now on disk.</summary>
    public void Publish()
    {
        foreach (var row in _inserted.Values.Concat(_rows.Values))
        {
            open.Publish(row);
        }

        foreach (var job in _jobs.Values)
        {
            jobs.Publish(job);
        }
    }

    private void ForgetInputFiles(SqliteStatement find, string? except)
    {
        while (find.Step())
        {
            if (find.Text(0) is { } file)
            {
                _fileBytes -= find.Number(1);
                if (file != except)
                {
                    _filesToDelete.Add(file);
                }
            }
        }

        find.Reset();
    }

    private (long Key, long FinishedAt)? Last(SqliteStatement select, long job)
    {
        // It is to see what this transaction has changed so far.
        WriteRows();
        select.Bind(job);
        (long, long)? last = select.Step() ? (select.Number(0), select.Number(1)) : null;
        select.Reset();
        return last;
    }

    private void WriteRows()
    {
        foreach (var row in _rows.Values)
        {
            Write(row);
        }
    }

    private void Write(ExecutionRow row)
    {
        if ((_inserted.GetValueOrDefault(row.Key) ?? open.Find(row.Key))?.Info.StartedAt != row.Info.StartedAt)
        {
            // Apart, because it moves the entries of two indexes.
            statements.UpdateStart.Bind(UnixNanoseconds.From(row.Info.StartedAt)).Bind(row.Key).Run();
        }

        ExecutionColumns.From(row).BindChanges(statements.UpdateExecution).Run();
    }
}

using Dkron.Abstractions;

namespace Dkron.Host.Records;

/// <summary>What each kind of write does within a batch.</summary>
internal static class RecordOperations
{
    /// <summary>Claims an attempt as running, or records that it is skipped.</summary>
    /// <remarks><paramref name="followAt"/>: set when something must follow should it be lost. <paramref name="follows"/>: the execution after which it comes, and which then has nothing to follow any more.</remarks>
    public static bool Claim(WriteBatch batch, ExecutionInfo info, JobDocument? document, DateTimeOffset? followAt, string? follows)
    {
        if (follows is not null)
        {
            Followed(batch, follows);
        }

        var job = batch.Job(info.JobName);
        var isSkipped = info.Status == ExecutionStatus.Skipped;
        var isNew = batch.TryInsert(new ExecutionRow
        {
            Key = ExecutionId.KeyOf(info.Id),
            JobKey = job.Key,
            Info = info,
            FinishedAt = isSkipped ? info.FinishedAt : null,
            IsProcessed = isSkipped,
            Document = batch.Document(job.Key, document),
            FollowAt = followAt,
        });
        if (isNew && isSkipped)
        {
            batch.Stage(job.WithDue(info) with { Kept = job.Kept + 1 });
        }
        else if (isNew)
        {
            // Were it lost in a crash, the open execution would tell it again.
            batch.Remember(job.WithDue(info));
        }

        return isNew;
    }

    public static bool Finish(WriteBatch batch, ExecutionInfo info, StoredOutput? raw, bool hasSteps, Follow? follow)
    {
        var row = batch.Row(info.Id);
        batch.Stage(row with { Info = info, FinishedAt = info.FinishedAt, IsProcessed = !hasSteps, HasRawOutput = raw is not null, FollowAt = follow is { } known ? known.At : row.FollowAt });
        Replace(batch, row.Key, OutputKind.Raw, row.HasRawOutput, raw);
        var job = batch.Job(info.JobName).WithStatus(row.Key, info.Status);
        if (hasSteps)
        {
            // Were it lost in a crash, the end of processing would bring it again.
            batch.Remember(job);
        }
        else
        {
            batch.Stage(job.WithResult(row.Key, info, Counted(row)));
        }

        return true;
    }

    public static bool EndProcessing(WriteBatch batch, ExecutionInfo info, IReadOnlyList<ProcessorOutcome> outcomes, StoredOutput? processed, bool keepRaw)
    {
        var row = batch.Row(info.Id);
        var dropsRaw = processed is not null && !keepRaw;
        batch.Stage(row with
        {
            Info = info,
            FinishedAt = info.FinishedAt,
            IsProcessed = true,
            Outcomes = outcomes,
            HasRawOutput = row.HasRawOutput && !dropsRaw,
            HasProcessedOutput = processed is not null,
        });
        Replace(batch, row.Key, OutputKind.Processed, row.HasProcessedOutput, processed);
        if (dropsRaw)
        {
            batch.DeleteOutput(row.Key, OutputKind.Raw, except: null);
        }

        batch.Stage(batch.Job(info.JobName).WithResult(row.Key, info, Counted(row)));
        return true;
    }

    public static void Note(WriteBatch batch, ExecutionNotes notes)
    {
        if (batch.Find(notes.Key) is not { } row)
        {
            return;
        }

        row = notes.Process is { } process ? row with { Process = process } : row;
        foreach (var (step, outcome) in notes.Outcomes)
        {
            row = row.WithOutcome(step, outcome);
        }

        batch.Stage(row);
    }

    /// <summary>Records that what had to follow an execution has been done.</summary>
    public static bool Followed(WriteBatch batch, string id)
    {
        var row = batch.Find(ExecutionId.KeyOf(id));
        if (row?.FollowAt is not null)
        {
            batch.Stage(row with { FollowAt = null });
        }

        return true;
    }

    /// <summary>Takes in at which times jobs are due.</summary>
    public static IReadOnlyList<JobHistory> Watch(WriteBatch batch, IEnumerable<WatchedJob> jobs, long now) => [.. jobs.Select(watched =>
    {
        var before = batch.Job(watched.Name);
        var after = before.Watched(watched.Times, now);
        if (after != before)
        {
            batch.Stage(after);
        }

        return after.ToHistory();
    })];

    /// <summary>Takes in that no other jobs are in the settings.</summary>
    public static bool UnwatchOthers(WriteBatch batch, IReadOnlySet<string> names)
    {
        foreach (var job in batch.KnownJobs.Where(job => job.WatchedTimes is not (null or JobRow.Unwatched) && !names.Contains(job.Name)).ToList())
        {
            batch.Stage(batch.Job(job.Name) with { WatchedTimes = JobRow.Unwatched, WatchedSince = null });
        }

        return true;
    }

    public static IReadOnlyDictionary<string, JobHistory> See(WriteBatch batch, IEnumerable<string> jobNames) =>
        jobNames.Distinct(StringComparer.Ordinal).ToDictionary(name => name, name => batch.Job(name).ToHistory(), StringComparer.Ordinal);

    private static void Replace(WriteBatch batch, long key, OutputKind kind, bool isThere, StoredOutput? output)
    {
        if (isThere)
        {
            batch.DeleteOutput(key, kind, except: output?.File);
        }

        if (output is not null)
        {
            batch.StoreOutput(key, kind, output);
        }
    }

    /// <summary>How it was counted when it ended for good before, as when it is processed once more.</summary>
    private static ExecutionStatus? Counted(ExecutionRow row) => row.IsProcessed ? row.Info.Status : null;
}

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
        var row = new ExecutionRow
        {
            Key = ExecutionId.KeyOf(info.Id),
            JobKey = job.Key,
            Info = info,
            FinishedAt = isSkipped ? info.FinishedAt : null,
            IsProcessed = isSkipped,
            Document = batch.Document(job.Key, document),
            FollowAt = followAt,
        };

        // A due time comes again only when the clock that it first came by was corrected; then what was skipped by that clock counts for nothing.
        var isDue = info is { Trigger: ExecutionTrigger.Schedule, Attempt: 1 };
        var isNew = batch.TryInsert(row) || (isDue && batch.TryTakeClaim(row) && batch.TryInsert(row));
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
        Replace(batch, row, OutputKind.Raw, raw, isGone: true);
        if (info.Status == ExecutionStatus.Skipped)
        {
            // It did not run: it is no failure, as it is none when it is skipped before it is claimed.
            var skipping = batch.Job(info.JobName);
            batch.Stage(skipping with { Kept = skipping.Kept + (Counted(row) is null ? 1 : 0) });
            return true;
        }

        var job = batch.Job(info.JobName).WithStatus(row.Key, info.Status);
        if (hasSteps)
        {
            // Were it lost in a crash, the end of processing would bring it again.
            batch.Remember(info.Success ? job.WithSuccess(row.Key) : job);
        }
        else
        {
            batch.Stage(job.WithResult(row.Key, info, Counted(row)));
        }

        return true;
    }

    public static bool EndProcessing(WriteBatch batch, ProcessingEnd end, StoredOutcomes outcomes, StoredOutput? output, bool keepRaw)
    {
        var row = batch.Row(end.Info.Id);
        var counted = Counted(row);
        Replace(batch, row, OutputKind.Processed, output);
        if (row.HasDeliveries)
        {
            // The one that the later steps waited for has had its last try.
            batch.DeleteHolding(row.Key);
            row = row with { HasDeliveries = batch.HasDeliveries(row.Key) };
        }

        row = DeliveryOperations.Store(batch, row, end.Deliveries) with
        {
            Info = end.Info,
            FinishedAt = end.Info.FinishedAt,
            IsProcessed = true,
            CountedAs = null,
            Outcomes = outcomes,
            HasProcessedOutput = row.HasProcessedOutput || output is not null,
        };
        if (row is { HasRawOutput: true, HasProcessedOutput: true, HasDeliveries: false } && !keepRaw)
        {
            batch.DeleteOutput(row.Key, OutputKind.Raw, except: null);
            row = row with { HasRawOutput = false };
        }

        batch.Stage(row);
        var job = batch.Job(end.Info.JobName).WithResult(row.Key, end.Info, counted);
        batch.Stage(counted is { } before && before == ExecutionStatus.Succeeded != end.Info.Success ? WithoutLast(batch, job, row.Key, end.Info.Success) : job);
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
            if (row.HasDeliveries && !notes.Deliveries.ContainsKey(step))
            {
                // It was tried again and is done with.
                batch.DeleteDelivery(row.Key, step);
                row = row with { HasDeliveries = batch.HasDeliveries(row.Key) };
            }
        }

        if (notes.Output is { } output)
        {
            Replace(batch, row, OutputKind.Processed, OutputStore.Plain(output));
            row = row with { HasProcessedOutput = true };
        }

        batch.Stage(DeliveryOperations.Store(batch, row, notes.Deliveries.Values));
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

    /// <summary>Takes in that the clock had been ahead.</summary>
    public static bool ClockCorrected(WriteBatch batch, long now)
    {
        foreach (var job in batch.KnownJobs.Select(job => batch.Job(job.Name)).Where(job => job.LastDueAt > now || job.WatchedSince > now).ToList())
        {
            batch.Stage(job.ClockCorrected(now));
        }

        return true;
    }

    public static IReadOnlyDictionary<string, JobHistory> See(WriteBatch batch, IEnumerable<string> jobNames) =>
        jobNames.Distinct(StringComparer.Ordinal).ToDictionary(name => name, name => batch.Job(name).ToHistory(), StringComparer.Ordinal);

    /// <summary>Puts an output in the place of the one that is there. A null leaves that one, unless it is gone.</summary>
    public static void Replace(WriteBatch batch, ExecutionRow row, OutputKind kind, StoredOutput? output, bool isGone = false)
    {
        var isThere = kind == OutputKind.Raw ? row.HasRawOutput : row.HasProcessedOutput;
        if (isThere && (output is not null || isGone))
        {
            batch.DeleteOutput(row.Key, kind, except: output?.File);
        }

        if (output is not null)
        {
            batch.StoreOutput(row.Key, kind, output);
        }
    }

    /// <summary>Looks up the last success, or the last failure, anew when that was an execution which is none any more.</summary>
    private static JobRow WithoutLast(WriteBatch batch, JobRow job, long key, bool isSuccessNow)
    {
        if (isSuccessNow && job.LastError == key)
        {
            var last = batch.LastFailure(job.Key);
            return job with { LastError = last?.Key, LastErrorAt = last?.FinishedAt };
        }

        if (!isSuccessNow && job.LastSuccess == key)
        {
            var last = batch.LastSuccess(job.Key);
            return job with { LastSuccess = last?.Key, LastSuccessAt = last?.FinishedAt };
        }

        return job;
    }

    /// <summary>How it was counted when it ended for good before, as when it is processed once more.</summary>
    private static ExecutionStatus? Counted(ExecutionRow row) => row.IsProcessed ? row.Info.Status : row.CountedAs;
}

using Dkron.Abstractions;
using Dkron.Host.Jobs;
using Dkron.Host.Records;
using Dkron.Host.Scheduling;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Runs;

/// <summary>Takes a firing from its claimed attempt to its last one, and on to the job's children. What must still follow is on record at any time, so that a restart goes on with it.</summary>
internal sealed partial class FiringCourse(JobSource jobs, JobRun jobRun, LateEnds lateEnds, ExecutionRecords records, DueFirings dueFirings, TimeProvider time, ILogger<FiringCourse> logger) : IDisposable
{
    private static readonly TimeSpan RecoveryCheck = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _ending = new();
    private readonly long _firstKey = ExecutionId.KeyOf(records.NewId());

    /// <summary>All firings that are on their way.</summary>
    public OwnedTasks Work { get; } = new(logger);

    /// <summary>Begins nothing any more: what must still follow waits for the next start.</summary>
    public Task EndAsync() => _ending.CancelAsync();

    public bool IsEnding => _ending.IsCancellationRequested;

    public async Task RunAsync(RunningExecution claimed)
    {
        for (var running = claimed; running is not null;)
        {
            var ended = await jobRun.RunAsync(running);
            running = ended is null ? null : await FollowAsync(running.Attempt, ended, running.FollowAt, Remaining(running.FollowAt, ended));
        }
    }

    /// <summary>Goes on after an attempt whose end its processors have decided.</summary>
    public async Task GoOnAsync(Attempt attempt, ExecutionInfo ended)
    {
        var followAt = records.Find(ended.Id)?.FollowAt;
        if (await FollowAsync(attempt, ended, followAt, Remaining(followAt, ended)) is { } running)
        {
            await RunAsync(running);
        }
    }

    /// <summary>Goes on with what an earlier host left behind.</summary>
    public void Resume()
    {
        try
        {
            foreach (var left in records.Following().Where(left => ExecutionId.KeyOf(left.Info.Id) < _firstKey))
            {
                Work.Own(ResumeAsync(left.Info.Id), $"Going on after execution {left.Info.Id} of an earlier host");
            }
        }
        catch (RecordsException e)
        {
            LogNotResumed(e.Message);
        }
    }

    public void Dispose() => _ending.Dispose();

    private async Task ResumeAsync(string id)
    {
        var left = records.Find(id);
        while (left is { Info.Status: ExecutionStatus.Running })
        {
            // It is being closed.
            await Task.Delay(RecoveryCheck, time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (IsEnding)
            {
                return;
            }

            left = records.Find(id);
        }

        if (left is not { FollowAt: not null, IsDamaged: false })
        {
            return;
        }

        if (jobs.Current.Find(left.Info.JobName) is not { } job)
        {
            LogRemoved(left.Info.JobName, id);
            await records.FollowedAsync(id, CancellationToken.None);
            return;
        }

        var attempt = new Attempt(job, left.Info.Group, left.Info.Attempt, left.Info.Trigger, left.Info.ScheduledAt);
        if (left.Info.Success && job.Processors.Any(step => step.OnError == StepFailure.Fail) && !IsProcessed(id, attempt))
        {
            return;
        }

        await GoOnAsync(attempt, records.Find(id)?.Info ?? left.Info);
    }

    /// <summary>False while its processors may still make a failure of it; then <see cref="LateEnds"/> tells.</summary>
    private bool IsProcessed(string id, Attempt attempt)
    {
        lateEnds.Expect(id, attempt);
        return records.Find(id) is not { IsProcessed: false } && lateEnds.Forget(id);
    }

    /// <summary>How long to wait still. Never longer than was meant, wherever the clock has gone meanwhile.</summary>
    private TimeSpan Remaining(DateTimeOffset? followAt, ExecutionInfo ended)
    {
        var meant = (followAt ?? ended.FinishedAt) - ended.FinishedAt;
        var left = (followAt ?? ended.FinishedAt) - time.GetUtcNow();
        var wait = left < meant ? left : meant;
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    /// <returns>The next attempt, claimed; null when there is none.</returns>
    private async Task<RunningExecution?> FollowAsync(Attempt attempt, ExecutionInfo ended, DateTimeOffset? followAt, TimeSpan wait)
    {
        if (ended.Success)
        {
            await FireChildrenAsync(attempt, ended, isOwed: followAt is not null);
            return null;
        }

        if (followAt is null || (ended.IsFinalAttempt && ended.Status == ExecutionStatus.Failed))
        {
            if (followAt is not null)
            {
                await records.FollowedAsync(ended.Id, CancellationToken.None);
            }

            return null;
        }

        await Task.Delay(wait, time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return IsEnding ? null : await RetryAsync(attempt, ended.Id);
    }

    private async Task<RunningExecution?> RetryAsync(Attempt attempt, string id)
    {
        var job = jobs.Current.Find(attempt.Job.Name.Text);
        var next = attempt.Next(job ?? attempt.Job, id, time.GetUtcNow());
        var reason = job is null ? "the job was taken out of the settings after the attempt before"
            : job.Disabled && attempt.Trigger != ExecutionTrigger.Manual ? "the job was disabled after the attempt before"
            : job.NotSelected ?? (attempt.Number > job.Retries ? "the job's retries were lowered after the attempt before" : null);
        if (reason is not null)
        {
            await jobRun.SkipAsync(next, reason);
            return null;
        }

        return (await jobRun.StartAsync(next, force: false)).Running;
    }

    private async Task FireChildrenAsync(Attempt parent, ExecutionInfo ended, bool isOwed)
    {
        if (parent.Job.Ephemeral)
        {
            dueFirings.Remove(parent.Job.Name.Text);
        }

        if (IsEnding)
        {
            return;
        }

        var now = time.GetUtcNow();
        await Task.WhenAll(jobs.Current.ChildrenOf(parent.Job.Name.Text).Select(child => FireChildAsync(new Attempt(child, parent.Group, 1, ExecutionTrigger.Parent, now))).ToList());
        if (isOwed && !IsEnding)
        {
            await records.FollowedAsync(ended.Id, CancellationToken.None);
        }
    }

    private async Task FireChildAsync(Attempt attempt)
    {
        var job = attempt.Job;
        if (jobRun.IsGone(job))
        {
            return;
        }

        var reason = job.Disabled ? "it is disabled"
            : job.NotSelected ?? (job.StartsAt > attempt.DueAt ? $"its starts_at is {job.StartsAt:O}"
            : job.ExpiresAt <= attempt.DueAt ? $"its expires_at was {job.ExpiresAt:O}"
            : null);
        if (reason is not null)
        {
            await jobRun.SkipAsync(attempt, reason);
        }
        else if ((await jobRun.StartAsync(attempt, force: false)).Running is { } running)
        {
            Work.Own(RunAsync(running), $"Job {job.Name}: execution {running.Info.Id}");
        }
    }

    [LoggerMessage(8061, LogLevel.Error, "Which attempts and children are still to follow cannot be read from the records, so they wait for the next start: {Reason}")]
    private partial void LogNotResumed(string reason);

    [LoggerMessage(8060, LogLevel.Warning, "Job {Job} is not in the settings any more: what should have followed execution {Execution} is dropped")]
    private partial void LogRemoved(string job, string execution);
}

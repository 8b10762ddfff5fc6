using Dkron.Abstractions;
using Dkron.Host.Jobs;
using Dkron.Host.Records;
using Dkron.Host.Scheduling;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Runs;

/// <summary>Starts what is due, and takes each firing to its last attempt and to its children.</summary>
internal sealed partial class JobRuns(DueFirings dueFirings, JobSource jobs, JobRun jobRun, LateEnds lateEnds, ExecutionRecords records, HostEnd end, TimeProvider time, ILogger<JobRuns> logger) : BackgroundService
{
    /// <summary>A firing that is taken up later than this was missed: the host was suspended, or the clock was put forward.</summary>
    private static readonly TimeSpan MissedAfter = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan WritableCheck = TimeSpan.FromMilliseconds(200);

    /// <summary>The wait after the first failed attempt; it grows by as much with each further one.</summary>
    private static readonly TimeSpan RetryWait = TimeSpan.FromSeconds(1);

    private readonly OwnedTasks _firings = new(logger);
    private readonly CancellationTokenSource _ending = new();

    /// <summary>Runs a job because somebody asked for it.</summary>
    /// <param name="force">Also beside another execution of a job that forbids it.</param>
    /// <returns>The execution as it was started, or as it was skipped with the reason as its error.</returns>
    public async Task<ExecutionInfo> RunNowAsync(Job job, bool force)
    {
        var now = time.GetUtcNow();
        var (info, running) = await jobRun.StartAsync(new Attempt(job, ExecutionId.KeyOf(records.NewId()), 1, ExecutionTrigger.Manual, now), force);
        if (running is not null)
        {
            _firings.Own(FinishFiringAsync(running), $"Job {job.Name}: execution {info.Id}");
        }

        return info;
    }

    /// <summary>Fires nothing any more, and ends when all that was begun has ended and is recorded.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _ending.CancelAsync();
        await end.EndAsync(_firings.WhenIdleAsync);
    }

    public override void Dispose()
    {
        _ending.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(FireDueAsync(stoppingToken), FollowLateAsync(stoppingToken));

    private async Task FireDueAsync(CancellationToken stoppingToken)
    {
        await foreach (var firing in dueFirings.WaitAsync(stoppingToken))
        {
            await WritableAsync(stoppingToken);
            _firings.Own(FireAsync(firing), $"Job {firing.Job.Name}, due {firing.DueAt:O}");
        }
    }

    private async Task FollowLateAsync(CancellationToken stoppingToken)
    {
        await foreach (var (attempt, ended) in lateEnds.ReadAsync(stoppingToken))
        {
            _firings.Own(FollowAsync(attempt, ended), $"Job {attempt.Job.Name}, after execution {ended.Id}");
        }
    }

    private async Task FollowAsync(Attempt attempt, ExecutionInfo ended)
    {
        if (ended.Success)
        {
            FireChildren(attempt);
        }
        else if (!attempt.IsLast && await jobRun.StartAsync(attempt.Next(time.GetUtcNow()), force: false) is { Running: { } next })
        {
            await FinishFiringAsync(next);
        }
    }

    /// <summary>Fires nothing while nothing can be recorded; what was due meanwhile comes afterwards, and is found to be late.</summary>
    private async Task WritableAsync(CancellationToken stoppingToken)
    {
        while (!records.IsWritable)
        {
            await Task.Delay(WritableCheck, time, stoppingToken);
        }
    }

    private async Task FireAsync(Firing firing)
    {
        var attempt = new Attempt(firing.Job, UnixNanoseconds.From(firing.DueAt), 1, ExecutionTrigger.Schedule, firing.DueAt);
        if (Missed(attempt) is { } missed)
        {
            await jobRun.SkipAsync(attempt, missed);
            return;
        }

        if (await jobRun.StartAsync(attempt, force: false) is not { Running: { } running })
        {
            return;
        }

        // The claim may have waited for the disk.
        if (Missed(attempt) is { } tooLate)
        {
            await jobRun.DropAsync(running, tooLate);
            return;
        }

        await FinishFiringAsync(running);
    }

    private string? Missed(Attempt attempt)
    {
        var late = time.GetUtcNow() - attempt.DueAt;
        return late <= MissedAfter ? null : $"it was missed: the host could take it up only {DurationText.Format(TimeSpan.FromSeconds((long)late.TotalSeconds))} later";
    }

    private async Task FinishFiringAsync(RunningExecution started)
    {
        var running = started;
        var ended = await jobRun.RunAsync(running);
        while (ended is { Success: false } && !running.Attempt.IsLast && running.StopReason.Length == 0 && !_ending.IsCancellationRequested)
        {
            await Task.Delay(RetryWait * running.Attempt.Number, time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (await jobRun.StartAsync(running.Attempt.Next(time.GetUtcNow()), force: false) is not { Running: { } next })
            {
                return;
            }

            running = next;
            ended = await jobRun.RunAsync(running);
        }

        if (ended is { Success: true })
        {
            FireChildren(running.Attempt);
        }
    }

    private void FireChildren(Attempt parent)
    {
        var now = time.GetUtcNow();
        if (parent.Job.Ephemeral)
        {
            dueFirings.Remove(parent.Job.Name.Text);
        }

        foreach (var child in jobs.Current.ChildrenOf(parent.Job.Name.Text))
        {
            _firings.Own(FireChildAsync(new Attempt(child, parent.Group, 1, ExecutionTrigger.Parent, now)), $"Job {child.Name}, after {parent.Job.Name}");
        }
    }

    private async Task FireChildAsync(Attempt attempt)
    {
        var job = attempt.Job;
        var reason = job.Disabled ? "it is disabled"
            : job.NotSelected ?? (job.StartsAt > attempt.DueAt ? $"its starts_at is {job.StartsAt:O}"
            : job.ExpiresAt <= attempt.DueAt ? $"its expires_at was {job.ExpiresAt:O}"
            : null);
        if (reason is not null)
        {
            await jobRun.SkipAsync(attempt, reason);
        }
        else if (await jobRun.StartAsync(attempt, force: false) is { Running: { } running })
        {
            await FinishFiringAsync(running);
        }
    }
}

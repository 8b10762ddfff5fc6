using Dkron.Abstractions;
using Dkron.Host.Jobs;
using Dkron.Host.Records;
using Dkron.Host.Scheduling;
using Microsoft.Extensions.Hosting;

namespace Dkron.Host.Runs;

/// <summary>Starts what is due, what was missed, and what somebody asks for.</summary>
internal sealed class JobRuns(DueFirings dueFirings, JobSource jobs, JobRun jobRun, FiringCourse course, LateEnds lateEnds, ExecutionRecords records, HostEnd end, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan WritableCheck = TimeSpan.FromMilliseconds(200);

    /// <summary>So many jobs have what they missed reckoned and recorded at a time, so that what is due now need not wait long for the disk.</summary>
    private readonly SemaphoreSlim _catchUps = new(8);

    /// <summary>Runs a job because somebody asked for it.</summary>
    /// <param name="force">Also beside another execution of a job that does not allow it.</param>
    /// <returns>The execution as it was started, or as it was skipped with the reason as its error.</returns>
    public async Task<ExecutionInfo> RunNowAsync(Job job, bool force)
    {
        // Owned from the claim on: a host that stops meanwhile waits for it.
        var start = jobRun.StartAsync(new Attempt(job, ExecutionId.KeyOf(records.NewId()), 1, ExecutionTrigger.Manual, time.GetUtcNow()), force);
        course.Work.Own(RunIfStartedAsync(start), $"Job {job.Name}, run on request");
        return (await start).Info;
    }

    /// <summary>Fires nothing any more, and ends when all that was begun has ended and is recorded.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await end.FinishAsync(base.StopAsync(cancellationToken));
        await course.EndAsync();
        await end.EndAsync(course.Work.WhenIdleAsync);
    }

    public override void Dispose()
    {
        _catchUps.Dispose();
        base.Dispose();
    }

    /// <remarks>Neither ends before the host does: should one fail, the host must not look as if it still fired. Both have ended when this has: what one of them begins at the very end is waited for too.</remarks>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] both = [FireDueAsync(stop.Token), FollowLateAsync(stop.Token)];
        await Task.WhenAny(both);
        await stop.CancelAsync();
        await Task.WhenAll(both);
    }

    private async Task FireDueAsync(CancellationToken stoppingToken)
    {
        course.Resume();
        await foreach (var firing in dueFirings.WaitAsync(WritableAsync, records.ClockCorrectedAsync, stoppingToken))
        {
            course.Work.Own(firing.Backlog is { } backlog ? Task.Run(() => CatchUpAsync(firing, backlog), CancellationToken.None) : FireAsync(firing.Job, firing.DueAt), $"Job {firing.Job.Name}, due {firing.DueAt:O}");
        }
    }

    private async Task FollowLateAsync(CancellationToken stoppingToken)
    {
        await foreach (var (attempt, ended) in lateEnds.ReadAsync(stoppingToken))
        {
            course.Work.Own(course.GoOnAsync(attempt, ended), $"Job {attempt.Job.Name}, after execution {ended.Id}");
        }
    }

    /// <summary>Takes nothing up while nothing can be recorded; what was due meanwhile comes afterwards, and is found to be late.</summary>
    private async ValueTask WritableAsync(CancellationToken stoppingToken)
    {
        while (!records.IsWritable)
        {
            await Task.Delay(WritableCheck, time, stoppingToken);
        }
    }

    private async Task RunAsync(Task<(ExecutionInfo Info, RunningExecution? Running)> start)
    {
        if (await start is { Running: { } running })
        {
            await course.RunAsync(running);
        }
    }

    private async Task RunIfStartedAsync(Task<(ExecutionInfo Info, RunningExecution? Running)> start)
    {
        // Why it could not be started is told to who asked for it.
        await ((Task)start).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (start.IsCompletedSuccessfully)
        {
            await RunAsync(start);
        }
    }

    private async Task FireAsync(Job job, DateTimeOffset dueAt)
    {
        if (IsOver(job))
        {
            return;
        }

        await RunAsync(jobRun.StartAsync(Due(job, dueAt), force: false));
    }

    /// <summary>Records what a job has missed, and makes up for it as its misfire says, one after the other.</summary>
    private async Task CatchUpAsync(Firing firing, Backlog backlog)
    {
        try
        {
            if (IsOver(firing.Job))
            {
                return;
            }

            CatchUp plan;
            await _catchUps.WaitAsync();
            try
            {
                plan = CatchUp.Of(firing.Job, backlog, time.GetUtcNow());
                await Task.WhenAll(plan.Skips.Select(skip => jobRun.SkipAsync(Due(firing.Job, skip.Last), skip.Reason)).ToList());
            }
            finally
            {
                _catchUps.Release();
            }

            foreach (var dueAt in plan.Runs)
            {
                if (course.IsEnding)
                {
                    return;   // not recorded, and so found missing at the next start
                }

                if (dueAt > backlog.Until)
                {
                    return;   // the clock was corrected: this time is still to come, and is due then
                }

                var job = jobs.Current.Find(firing.Job.Name.Text);
                if (job is not null && DueTable.FiresByItself(job))
                {
                    await FireAsync(job, dueAt);
                    continue;
                }

                var change = job is null ? "was taken out of the settings"
                    : job.Disabled ? "was disabled"
                    : job.NotSelected is not null ? $"was left to other nodes ({job.NotSelected})"
                    : "was given another way to start";
                await jobRun.SkipAsync(Due(firing.Job, dueAt), $"it was missed: the job {change} before it could be made up for");
            }
        }
        finally
        {
            dueFirings.Release(firing);
        }
    }

    /// <summary>Whether a job is not due any more; unless its processors make a failure of its success: then it is from its next time on.</summary>
    private bool IsOver(Job job)
    {
        if (jobRun.HasSucceeded(job))
        {
            // Settings that were read again while its success was processed have made it due again.
            dueFirings.Remove(job.Name.Text);
        }

        return jobRun.IsGone(job);
    }

    private static Attempt Due(Job job, DateTimeOffset dueAt) => new(job, UnixNanoseconds.From(dueAt), 1, ExecutionTrigger.Schedule, dueAt);
}

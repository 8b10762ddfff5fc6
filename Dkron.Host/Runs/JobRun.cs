using System.Globalization;
using Dkron.Abstractions;
using Dkron.Host.Execution;
using Dkron.Host.Jobs;
using Dkron.Host.Records;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dkron.Host.Runs;

/// <summary>Takes one execution to its end: command, record, processors, record.</summary>
internal sealed partial class JobRun(
    CommandRunner commands,
    RunningExecutions executions,
    ExecutionRecords records,
    JobSource jobs,
    ExecutionProcessing processing,
    ProcessingRoom room,
    LateEnds lateEnds,
    HostEnd end,
    IOptions<DkronOptions> options,
    TimeProvider time,
    ILogger<JobRun> logger)
{
    /// <summary>Claims an attempt, so that it is made once and a crash cannot hide it; or records why it is not made.</summary>
    /// <param name="force">Also beside another execution of a job that forbids it.</param>
    /// <returns>The execution as it is recorded, and what to run; nothing to run when it was skipped or made before, or is left to the next start.</returns>
    public async Task<(ExecutionInfo Info, RunningExecution? Running)> StartAsync(Attempt attempt, bool force)
    {
        var info = InfoOf(attempt);
        if (!force && IsGone(attempt.Job))
        {
            return (await SkipAsync(attempt, HasSucceeded(attempt.Job) ? "it is ephemeral and has succeeded, so it is gone" : "it is ephemeral, and a success of it is still processed"), null);
        }

        if (!executions.TryAdd(attempt, info, force, out var running, out var refusal))
        {
            // What is owed to an execution stays so, and is found at the next start.
            return (executions.IsClosed && attempt.IsOwed ? info : await SkipAsync(attempt, refusal), null);
        }

        var claimed = false;
        try
        {
            claimed = await records.ClaimAsync(info, attempt.Job.Document, followAt: attempt.IsLast ? null : info.StartedAt, attempt.Follows, CancellationToken.None);
        }
        finally
        {
            if (!claimed)
            {
                executions.Remove(running);
            }
        }

        if (claimed)
        {
            return (info, running);
        }

        return (attempt.IsDue ? await SkipAsync(attempt, "it ran for this due time before, by a clock that was ahead") : info, null);
    }

    /// <summary>Records an attempt that is not made, and why.</summary>
    public async Task<ExecutionInfo> SkipAsync(Attempt attempt, string reason)
    {
        var skipped = InfoOf(attempt) with { Status = ExecutionStatus.Skipped, Error = reason, PreviousStatus = records.LastStatusOf(attempt.Job.Name.Text) };
        var isRecorded = await records.ClaimAsync(skipped, document: null, followAt: null, attempt.Follows, CancellationToken.None);
        if (!isRecorded && attempt.IsDue)
        {
            // What ran for that due time keeps the claim, and this is recorded beside it.
            skipped = skipped with { Group = ExecutionId.KeyOf(skipped.Id) };
            isRecorded = await records.ClaimAsync(skipped, CancellationToken.None);
        }

        if (isRecorded)
        {
            LogSkipped(skipped.JobName, skipped.Id, reason);
        }

        return skipped;
    }

    /// <summary>Whether an ephemeral job has had its success, or has it unless its processors make a failure of it.</summary>
    public bool IsGone(Job job) => (job.Ephemeral && records.HistoryOf(job.Name.Text) is { IsSucceeding: true }) || HasSucceeded(job);

    /// <summary>Whether an ephemeral job has had its success.</summary>
    public bool HasSucceeded(Job job) => job.Ephemeral && records.HistoryOf(job.Name.Text) is { HasSucceeded: true };

    /// <summary>Ends a claimed execution without running it.</summary>
    public async Task<ExecutionInfo> DropAsync(RunningExecution running, string reason)
    {
        // An attempt that the end of the host kept from starting counts as one that failed.
        running.FollowAt = running.StopReason.Length > 0 && running.MayFollow && !running.Attempt.IsLast ? time.GetUtcNow() : null;
        var skipped = running.Info with { Status = ExecutionStatus.Skipped, FinishedAt = time.GetUtcNow(), Error = reason };
        var result = new CommandResult { StartedAt = skipped.StartedAt, FinishedAt = skipped.FinishedAt, Status = skipped.Status, Error = reason, Output = ExecutionOutput.Empty };
        try
        {
            await records.FinishAsync(skipped, result, hasSteps: false, new Follow(running.FollowAt), CancellationToken.None);
        }
        finally
        {
            executions.Remove(running);
        }

        LogSkipped(skipped.JobName, skipped.Id, reason);
        return skipped;
    }

    /// <summary>Runs an execution that has been claimed, when it is its turn.</summary>
    /// <returns>The execution as what follows it may know it; null when only the end of its processing says whether it failed, and <see cref="LateEnds"/> tells.</returns>
    public async Task<ExecutionInfo?> RunAsync(RunningExecution running)
    {
        if (await executions.TurnAsync(running) is { } reason)
        {
            return await DropAsync(running, reason);
        }

        LogFired(running.Info.JobName, running.Info.Id, running.Info.Trigger, running.Info.Attempt);
        var (finished, output, hasPlace) = await ExecuteAsync(running);
        var steps = running.Attempt.Job.Processors;
        if (steps.Count == 0)
        {
            return finished;
        }

        var ended = await ProcessAsync(running.Attempt.Job, finished, output, hasPlace);
        if (ended is not null)
        {
            lateEnds.Forget(finished.Id);
        }

        return ended ?? (MayFail(running, finished) ? null : finished);
    }

    private async Task<ExecutionInfo?> ProcessAsync(Job job, ExecutionInfo finished, ExecutionOutput output, bool hasPlace)
    {
        if (!hasPlace)
        {
            records.Release(finished.Id);
            room.Spill();
            return null;
        }

        var hasReturned = false;
        try
        {
            var ended = await processing.ProcessAsync(job.Processing, finished, output);
            hasReturned = true;
            return ended;
        }
        finally
        {
            room.Leave(finished.Id);
            if (!hasReturned)
            {
                // It lies on disk, and nobody would look for it there.
                room.Spill();
            }
        }
    }

    private async Task<(ExecutionInfo Finished, ExecutionOutput Output, bool HasPlace)> ExecuteAsync(RunningExecution running)
    {
        var job = running.Attempt.Job;
        var hasPlace = false;
        try
        {
            var result = await commands.RunAsync(job.Command, CommandRunOf(running), running.Stopped);
            var finished = Finish(running, result);

            // Before the result is on disk, where it would be taken for one that waits there, and may be processed at once.
            if (MayFail(running, finished))
            {
                lateEnds.Expect(finished.Id, running.Attempt);
            }

            hasPlace = job.Processors.Count > 0 && room.TryEnter(finished.Id);

            // A finished run is recorded even while the host stops, and before any processor sees it.
            await records.FinishAsync(finished, result, hasSteps: job.Processors.Count > 0, new Follow(running.FollowAt), CancellationToken.None);
            LogFinished(finished, result.Output.Length);
            return (finished, result.Output, hasPlace);
        }
        catch when (hasPlace)
        {
            room.Leave(running.Info.Id);
            throw;
        }
        finally
        {
            executions.Remove(running);
        }
    }

    /// <summary>Whether its processors may still make a failure of it.</summary>
    private static bool MayFail(RunningExecution running, ExecutionInfo finished) =>
        finished.Success && running.Attempt.Job.Processors.Any(step => step.OnError == StepFailure.Fail);

    private ExecutionInfo InfoOf(Attempt attempt)
    {
        var now = time.GetUtcNow();
        return new ExecutionInfo
        {
            Id = records.NewId(),
            JobName = attempt.Job.Name.Text,
            NodeName = options.Value.NodeName,
            Group = attempt.Group,
            Attempt = attempt.Number,
            Trigger = attempt.Trigger,
            ScheduledAt = attempt.DueAt,
            StartedAt = now,
            FinishedAt = now,
            Status = ExecutionStatus.Running,
        };
    }

    private CommandRun CommandRunOf(RunningExecution running) => new()
    {
        ExecutionId = running.Info.Id,
        Environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ENV_JOB_NAME"] = running.Info.JobName,
            ["DKRON_JOB_NAME"] = running.Info.JobName,
            [MarkedProcesses.Mark] = running.Info.Id,
            ["DKRON_ATTEMPT"] = running.Info.Attempt.ToString(CultureInfo.InvariantCulture),
            ["DKRON_SCHEDULED_AT"] = running.Info.ScheduledAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture),
            ["DKRON_TRIGGER"] = running.Info.Trigger.ToString().ToLowerInvariant(),
            ["DKRON_NODE_NAME"] = running.Info.NodeName,
        },
        OutputFile = records.OutputPathFor(running.Info.Id),
        OnStarted = process => records.NoteProcess(running.Info.Id, process),
        Live = running.Output,
        Hurry = end.Kill,
    };

    private ExecutionInfo Finish(RunningExecution running, CommandResult result)
    {
        var succeeded = result.Status == ExecutionStatus.Succeeded;
        var stopped = running.StopReason.Length > 0 && !succeeded;
        var isFinal = succeeded || running.Attempt.IsLast || (stopped && !running.MayFollow);
        running.FollowAt = !isFinal ? result.FinishedAt + Backoff(running, result)
            : succeeded && jobs.Current.ChildrenOf(running.Info.JobName).Any() ? result.FinishedAt
            : null;
        return running.Info with
        {
            StartedAt = result.StartedAt,
            FinishedAt = result.FinishedAt,
            Status = result.Status,
            ExitCode = result.ExitCode,
            Signal = result.Signal,
            Error = stopped ? $"{running.StopReason}: the command {result.Error}" : result.Error,
            IsFinalAttempt = isFinal,
            PreviousStatus = records.LastStatusOf(running.Info.JobName),
        };
    }

    private static TimeSpan Backoff(RunningExecution running, CommandResult result) =>
        running.Attempt.Job.RetryBackoff.Before(running.Attempt.Number + 1, result.FinishedAt - result.StartedAt, (ulong)ExecutionId.KeyOf(running.Info.Id));

    [LoggerMessage(8001, LogLevel.Information, "Job {Job} fired: execution {Execution}, trigger {Trigger}, attempt {Attempt}")]
    private partial void LogFired(string job, string execution, ExecutionTrigger trigger, int attempt);

    private void LogFinished(ExecutionInfo finished, long bytes)
    {
        var seconds = (finished.FinishedAt - finished.StartedAt).TotalSeconds;
        if (finished.Success)
        {
            LogSucceeded(finished.JobName, finished.Id, seconds, finished.ExitCode, bytes);
        }
        else
        {
            LogFailed(finished.JobName, finished.Id, seconds, bytes, finished.Error);
        }
    }

    [LoggerMessage(8002, LogLevel.Information, "Job {Job} succeeded: execution {Execution} after {Seconds:0.000} s, exit code {ExitCode}, {Bytes} bytes of output")]
    private partial void LogSucceeded(string job, string execution, double seconds, int? exitCode, long bytes);

    [LoggerMessage(8006, LogLevel.Information, "Job {Job} failed: execution {Execution} after {Seconds:0.000} s, {Bytes} bytes of output: {Error}")]
    private partial void LogFailed(string job, string execution, double seconds, long bytes, string? error);

    [LoggerMessage(8005, LogLevel.Warning, "Job {Job} skipped: execution {Execution}: {Reason}")]
    private partial void LogSkipped(string job, string execution, string reason);
}

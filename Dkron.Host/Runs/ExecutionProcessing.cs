using Dkron.Abstractions;
using Dkron.Host.Jobs;
using Dkron.Host.Plugins;
using Dkron.Host.Processing;
using Dkron.Host.Records;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Runs;

/// <summary>Takes recorded results through their processors, from the first step, from where they were left, or one step alone.</summary>
internal sealed partial class ExecutionProcessing(ExecutionRecords records, PluginRegistry plugins, ProcessorChain chain, JobSource jobs, ProcessingRoom room, TimeProvider time, ILogger<ExecutionProcessing> logger)
{
    /// <summary>Hands a recorded result to the processors.</summary>
    /// <returns>The execution when all were called; null when processing has not ended.</returns>
    public Task<ExecutionInfo?> ProcessAsync(JobProcessing job, ExecutionInfo finished, ExecutionOutput rawOutput) =>
        RunAsync(job, new ChainInput { Job = job.Info, Execution = finished, RawOutput = rawOutput, Steps = job.Steps, Targets = [] });

    /// <summary>Goes on with the first step that has no outcome on record, or with the one that the others wait for.</summary>
    /// <param name="record">As it stands on disk.</param>
    /// <param name="held">What the others wait for; null when it is nothing.</param>
    public async Task<ExecutionInfo?> ResumeAsync(ExecutionRecord record, StepDelivery? held)
    {
        if (JobOf(record) is not { } job || (job.Steps.Count == 0 && held is null))
        {
            await records.EndProcessingAsync(record.Info, null, record.Outcomes, CancellationToken.None);
            return record.Info;
        }

        var known = record.Outcomes.Take(Math.Min(held?.Step ?? int.MaxValue, job.Steps.Count)).ToList();
        LogGoesOn(record.Info.JobName, record.Info.Id, known.Count + 1, job.Steps.Count);
        return await RunAsync(job, new ChainInput
        {
            Job = job.Info,
            Execution = record.Info,
            RawOutput = record.RawOutput,
            Output = record.Output,
            Steps = job.Steps,
            Targets = [],
            Known = known,
            Tries = held?.Tries ?? 0,
            EarlierTries = held?.EarlierTries ?? 0,
        });
    }

    /// <summary>Tries one step of an execution again whose other steps are called without it.</summary>
    public async Task TryAgainAsync(ExecutionRecord record, StepDelivery delivery)
    {
        if (JobOf(record) is not { } job || delivery.Step >= job.Steps.Count || delivery.Step > record.Outcomes.Count)
        {
            await GiveUpAsync(record, delivery, "The job has no such step any more, and none was recorded with the execution.");
            return;
        }

        ExecutionOutput input;
        try
        {
            input = records.Deliveries.InputOf(delivery, record);
        }
        catch (RecordsException e) when (DatabaseErrors.IsLasting(e))
        {
            await GiveUpAsync(record, delivery, $"{delivery.Reason}; and what it was given cannot be read any more: {e.Message}");
            return;
        }

        var notes = new ChainNotes(records, record.Info, record.RawOutput);
        var result = await CallAsync(job, new ChainInput
        {
            Job = job.Info,
            Execution = record.Info,
            RawOutput = record.RawOutput,
            Output = input,
            Steps = job.Steps,
            Targets = [],
            Known = [.. record.Outcomes.Take(delivery.Step)],
            Tries = delivery.Tries,
            EarlierTries = delivery.EarlierTries,
            IsSingleTry = true,
            OnEnd = end => Log(record.Info, end),
        });
        if (result.IsInterrupted)
        {
            return;
        }

        var isKept = delivery.Step == job.Steps.Count - 1 && !ReferenceEquals(result.Output, input);
        var next = result.Undone is [var undone] ? notes.Again(undone, delivery.HasInput) : null;
        await records.EndTryAsync(record.Info.Id, delivery.Step, result.Outcomes[delivery.Step], isKept ? result.Output : null, next, CancellationToken.None);
        room.Bell.Ring();
    }

    /// <summary>Makes dead letters of those steps of an execution of which is not remembered any more how they wait.</summary>
    /// <returns>The execution as it stands then; null when it is gone.</returns>
    public async Task<ExecutionRecord?> MendAsync(ExecutionRecord record)
    {
        if (!record.HasDeliveries && !record.Outcomes.Any(outcome => outcome.State == OutcomeState.Retrying))
        {
            return record;
        }

        var (intact, damaged) = (new Dictionary<int, StepDelivery>(), new Dictionary<int, StepDelivery>());
        foreach (var one in records.Deliveries.Of(record.Info.Id))
        {
            (one.IsDamaged ? damaged : intact)[one.Delivery.Step] = one.Delivery;
        }

        var given = damaged.Values.Where(one => IsOf(record, one)).ToDictionary(one => one.Step);
        foreach (var step in Enumerable.Range(0, record.Outcomes.Count).Where(step => record.Outcomes[step].State == OutcomeState.Retrying && intact.GetValueOrDefault(step)?.State != DeliveryState.Waiting))
        {
            given.TryAdd(step, intact.GetValueOrDefault(step) ?? Forgotten(record, step));
        }

        foreach (var (step, delivery) in given)
        {
            // Of one that is damaged nothing is trusted that says what the step is given.
            await GiveUpAsync(record, intact.ContainsKey(step) ? delivery : delivery with { Holds = false, HasInput = records.Deliveries.HasInput(delivery.Key, step) }, delivery.Reason);
        }

        foreach (var (step, delivery) in damaged.Where(one => !given.ContainsKey(one.Key)))
        {
            if (await records.SetAsideAsync(delivery, CancellationToken.None))
            {
                LogDead(record.Info.JobName, record.Info.Id, step + 1, LogText.OneLine(delivery.Reason));
            }
        }

        return given.Count == 0 ? record : records.Find(record.Info.Id);
    }

    /// <summary>Makes a dead letter of a step that waits and cannot be called again, so that nothing waits for it any more.</summary>
    private async Task GiveUpAsync(ExecutionRecord record, StepDelivery delivery, string reason)
    {
        var dead = delivery with { State = DeliveryState.Dead, At = time.GetUtcNow(), Holds = false, Reason = reason };
        if (record.Outcomes.ElementAtOrDefault(delivery.Step) is { State: OutcomeState.Retrying } outcome)
        {
            // What the last step that was called got is the output as it stands, until later steps go on and change it.
            var isLast = !record.IsProcessed && delivery.Step == record.Outcomes.Count - 1;
            var next = isLast && !ReferenceEquals(record.Output, record.RawOutput) ? DeliveryWrite.With(dead, record.Output) : new DeliveryWrite(dead, null);
            await records.EndTryAsync(record.Info.Id, delivery.Step, outcome with { State = OutcomeState.Failed, Error = reason }, output: null, next, CancellationToken.None);
        }
        else
        {
            await records.RequeueAsync(record.Info.Id, new DeliveryWrite(dead, null), CancellationToken.None);
        }

        LogDead(record.Info.JobName, record.Info.Id, delivery.Step + 1, LogText.OneLine(reason));
    }

    /// <summary>The job as it was when the execution was started, with what the node says of its processors now; as it is now where nothing was recorded.</summary>
    public JobProcessing? JobOf(ExecutionRecord record)
    {
        var current = jobs.Current.Find(record.Info.JobName);
        if (record.Document is null || record.Document == current?.Document)
        {
            return current?.Processing;
        }

        return jobs.Current.Recorded.Read(record.Document) ?? current?.Processing;
    }

    /// <summary>Whether a damaged delivery can be one of the step that it names: that number may be what is damaged, and a step that has worked waits for nothing by itself.</summary>
    private static bool IsOf(ExecutionRecord record, StepDelivery damaged) =>
        record.Outcomes.ElementAtOrDefault(damaged.Step) is { State: not OutcomeState.Succeeded } outcome && outcome.Name == damaged.Processor;

    private StepDelivery Forgotten(ExecutionRecord record, int step) => new()
    {
        Key = ExecutionId.KeyOf(record.Info.Id),
        Step = step,
        Processor = record.Outcomes[step].Name,
        Tries = 1,
        At = time.GetUtcNow(),
        Reason = $"What was remembered of this step is lost or damaged, so it is not tried again by itself. {record.Outcomes[step].Error}".TrimEnd(),
        State = DeliveryState.Dead,
    };

    private async Task<ExecutionInfo?> RunAsync(JobProcessing job, ChainInput input)
    {
        var execution = input.Execution;
        var notes = new ChainNotes(records, execution, input.RawOutput);
        var result = await CallAsync(job, input with
        {
            OnEnd = end =>
            {
                notes.Add(end);
                Log(execution, end);
            },
        });
        if (result.IsInterrupted)
        {
            LogInterrupted(execution.JobName, execution.Id);
            return null;
        }

        var processed = result.FailedBecause is { } why && execution.Success ? execution with { Status = ExecutionStatus.Failed, Error = why, IsFinalAttempt = true } : execution;
        await records.EndProcessingAsync(
            new ProcessingEnd
            {
                Info = result.IsSuspended ? execution : processed,
                Output = ReferenceEquals(result.Output, input.Output ?? input.RawOutput) ? null : result.Output,
                Outcomes = result.Outcomes,
                Deliveries = notes.Deliveries,
                IsSuspended = result.IsSuspended,
            },
            CancellationToken.None);
        if (notes.Deliveries.Count > 0)
        {
            room.Bell.Ring();
        }

        return result.IsSuspended ? null : processed;
    }

    private async Task<ChainResult> CallAsync(JobProcessing job, ChainInput input)
    {
        using var leases = plugins.Acquire([.. job.Steps.Select(step => step.Name)]);
        return await chain.ProcessAsync(input with { Targets = leases, MaxOutputBytes = job.MaxOutputBytes });
    }

    private void Log(ExecutionInfo execution, StepEnd end)
    {
        var outcome = end.Outcome;
        var error = LogText.OneLine(outcome.Error ?? "");
        if (end.Undone is { DueAt: { } dueAt, IsUncalled: false } waiting)
        {
            LogWaits(execution.JobName, execution.Id, outcome.Name, waiting.Tries, error, dueAt);
        }
        else if (end.Undone is { IsUncalled: false } dead)
        {
            LogGivenUp(execution.JobName, execution.Id, outcome.Name, dead.Tries, error);
        }
        else if (outcome.State is OutcomeState.Failed or OutcomeState.TimedOut)
        {
            LogStepFailed(execution.JobName, execution.Id, outcome.Name, outcome.State, error);
        }
        else
        {
            // Why a plugin is unavailable has been logged where it was found out, once and not for each execution.
            LogStep(execution.JobName, execution.Id, outcome.Name, outcome.State, outcome.Duration.TotalMilliseconds, outcome.Error);
        }
    }

    [LoggerMessage(8003, LogLevel.Debug, "Job {Job}, execution {Execution}: processor {Processor} {State} after {Milliseconds:0.0} ms {Error}")]
    private partial void LogStep(string job, string execution, string processor, OutcomeState state, double milliseconds, string? error);

    [LoggerMessage(8004, LogLevel.Warning, "Job {Job}, execution {Execution}: processor {Processor} {State}: {Error}")]
    private partial void LogStepFailed(string job, string execution, string processor, OutcomeState state, string? error);

    [LoggerMessage(8052, LogLevel.Warning, "Job {Job}, execution {Execution}: processor {Processor} did not work at try {Attempt} and is tried again at {DueAt:O}: {Error}")]
    private partial void LogWaits(string job, string execution, string processor, int attempt, string? error, DateTimeOffset dueAt);

    [LoggerMessage(8053, LogLevel.Error, "Job {Job}, execution {Execution}: processor {Processor} did not work at try {Attempt} and is given up: {Error}. It is a dead letter now: dkron deadletters lists it, dkron reprocess tries it again")]
    private partial void LogGivenUp(string job, string execution, string processor, int attempt, string? error);

    [LoggerMessage(8057, LogLevel.Error, "Job {Job}, execution {Execution}: its step {Step} cannot be tried again by itself and is a dead letter now: {Reason}")]
    private partial void LogDead(string job, string execution, int step, string reason);

    [LoggerMessage(8054, LogLevel.Information, "Job {Job}, execution {Execution}: its processors were interrupted by the end of the host and go on when it starts again")]
    private partial void LogInterrupted(string job, string execution);

    [LoggerMessage(8055, LogLevel.Debug, "Job {Job}, execution {Execution}: its processors go on with step {Step} of {Count}")]
    private partial void LogGoesOn(string job, string execution, int step, int count);
}

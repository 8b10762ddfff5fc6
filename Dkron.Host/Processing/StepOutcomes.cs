using System.Globalization;
using Dkron.Abstractions;
using Dkron.Host.Jobs;

namespace Dkron.Host.Processing;

/// <summary>What the steps of one chain have done so far, and what that means for the steps to come.</summary>
internal sealed class StepOutcomes
{
    private readonly ChainInput _input;
    private readonly TimeProvider _time;
    private readonly ProcessorOutcome[] _outcomes;
    private readonly List<UndoneStep> _undone = [];
    private ExecutionOutput _output;
    private int _count;
    private string? _chainEnded;
    private string? _failedBecause;
    private bool _isSuspended;
    private bool _isInterrupted;

    public StepOutcomes(ChainInput input, TimeProvider time)
    {
        _input = input;
        _time = time;
        _output = input.Output ?? input.RawOutput;
        _outcomes = new ProcessorOutcome[input.Steps.Count];
        foreach (var outcome in input.Known)
        {
            Append(input.Steps[_count], outcome);
        }

        if (input.IsSingleTry)
        {
            // The chain has come past this step before, whatever became of the others since.
            _chainEnded = null;
        }
    }

    /// <summary>Whether the next step is to be looked at.</summary>
    public bool GoesOn => !_isSuspended && !_isInterrupted && !(_input.IsSingleTry && _count > _input.Known.Count);

    public ProcessorContext ContextFor(int index, ProcessorStep step, StepTarget target) => new()
    {
        InvocationId = string.Concat(_input.Execution.Id, "/", index.ToString(CultureInfo.InvariantCulture)),
        Attempt = TriesBefore(index) + 1,
        Job = _input.Job,
        Execution = _input.Execution,
        Output = _output,
        OriginalOutput = _input.RawOutput,
        Forward = step.Forward,
        Config = step.Config,
        Previous = new ArraySegment<ProcessorOutcome>(_outcomes, 0, _count),
        Log = target.LogFor(_input.Execution),
    };

    /// <summary>Notes why a step is not called at all. False when it is to be called.</summary>
    public bool AddUncalled(int index, ProcessorStep step, StepTarget target)
    {
        if ((_chainEnded ?? NotApplying(step.When)) is { } why)
        {
            End(index, step, Outcome(step, target, OutcomeState.Skipped, TimeSpan.Zero, why), newOutput: null, undone: null);
            return true;
        }

        if (target.Unavailable is { } missing)
        {
            AddRefused(index, step, target, missing);
            return true;
        }

        if (step.Unresolved is { } unresolved)
        {
            Fail(index, step, target, TimeSpan.Zero, new StepFault(OutcomeState.Failed, unresolved, MayPass: true), ProcessorOutcome.NoTags);
            return true;
        }

        return false;
    }

    /// <summary>Notes that a processor may not be called now, or is not there.</summary>
    public void AddRefused(int index, ProcessorStep step, StepTarget target, string why) =>
        Fail(index, step, target, TimeSpan.Zero, new StepFault(OutcomeState.Unavailable, why, MayPass: true), ProcessorOutcome.NoTags);

    /// <summary>Notes how a call ended, and takes over its output.</summary>
    public void Add(int index, ProcessorCall call, CallEnd end)
    {
        var (step, target, elapsed) = (call.Step, call.Target, call.Elapsed);
        var before = _output;
        if (FaultOf(call, end) is { } fault)
        {
            if (call.WasHurried)
            {
                _isInterrupted = true;
                return;
            }

            Fail(index, step, target, elapsed, fault, end.Result?.Tags ?? ProcessorOutcome.NoTags);
            return;
        }

        var result = end.Result!;
        var stops = result.Kind == ProcessorResultKind.Stop;
        var outcome = Outcome(step, target, stops ? OutcomeState.Stopped : OutcomeState.Succeeded, elapsed, stops ? result.Reason : null) with { Tags = result.Tags, BytesIn = before.Length };
        End(index, step, outcome, ReferenceEquals(before, _output) ? null : _output, undone: null);
    }

    /// <summary>Notes that a call was given up.</summary>
    public void AddAbandoned(int index, ProcessorCall call)
    {
        if (call.WasHurried)
        {
            _isInterrupted = true;
            return;
        }

        Fail(index, call.Step, call.Target, call.Elapsed, new StepFault(OutcomeState.TimedOut, $"{LateBy(call)}, did not end after that, and was abandoned", MayPass: true), ProcessorOutcome.NoTags);
    }

    public ChainResult ToResult() => new()
    {
        Output = _output,
        Outcomes = _count == _outcomes.Length ? _outcomes : _outcomes[.._count],
        FailedBecause = _failedBecause,
        Undone = _undone,
        IsSuspended = _isSuspended,
        IsInterrupted = _isInterrupted,
    };

    private int TriesBefore(int index) => index == _input.Known.Count ? _input.Tries : 0;

    /// <summary>What was wrong with a call; null when nothing was, and then the output is the one after it.</summary>
    private StepFault? FaultOf(ProcessorCall call, CallEnd end)
    {
        if (end.Result is not { } result)
        {
            return end.WasCancelled && call.Cancellation.IsCancellationRequested
                ? new StepFault(OutcomeState.TimedOut, LateBy(call), MayPass: true)
                : new StepFault(OutcomeState.Failed, end.Error ?? "returned null instead of a ProcessorResult", MayPass: true);
        }

        switch (result.Kind)
        {
            case ProcessorResultKind.Retry:
                return new StepFault(OutcomeState.Failed, result.Reason, MayPass: true, result.After);
            case ProcessorResultKind.Fail:
                return new StepFault(OutcomeState.Failed, result.Reason, MayPass: false);
            case ProcessorResultKind.Output:
                try
                {
                    _output = OutputLimit.Copy(result.Output, _input.MaxOutputBytes);
                    return null;
                }
#pragma warning disable CA1031 // The bytes may lie in memory that a plugin's own MemoryManager owns, and reading them runs its code.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    return new StepFault(OutcomeState.Failed, $"returned an output that cannot be read: {CallEnd.Of(e).Error}", MayPass: true);
                }

            default:
                return null;
        }
    }

    private void Fail(int index, ProcessorStep step, StepTarget target, TimeSpan elapsed, StepFault fault, IReadOnlyDictionary<string, string> tags)
    {
        var tries = TriesBefore(index) + 1;
        var counted = tries - (index == _input.Known.Count ? _input.EarlierTries : 0);
        // What was tried again before is not less of a delivery because its plugin is gone now.
        var retries = RetryPlan.RetriesOf(step, target.IsDelivery || (tries > 1 && target.Processor is null));
        var isTriedAgain = fault.MayPass && counted <= retries;
        // What was never called is remembered even where nothing is tried again: it has not had its one try.
        var isRemembered = isTriedAgain || retries > 0 || tries > 1 || fault.State == OutcomeState.Unavailable || step.Unresolved is not null;
        var now = _time.GetUtcNow();
        DateTimeOffset? dueAt = isTriedAgain ? now + RetryPlan.WaitAfter(step, counted, fault.After, _input.Chance()) : null;
        var undone = !isRemembered ? null : new UndoneStep
        {
            Step = index,
            Processor = step.Name,
            Tries = tries,
            EarlierTries = tries - counted,
            At = now,
            DueAt = dueAt,
            Reason = fault.Reason,
            IsUncalled = fault.State == OutcomeState.Unavailable,
            Input = _output,
            Holds = isTriedAgain && step.OnError != StepFailure.Continue && !_input.IsSingleTry,
        };
        End(index, step, Outcome(step, target, isTriedAgain ? OutcomeState.Retrying : fault.State, elapsed, fault.Reason) with { Tags = tags }, newOutput: null, undone);
    }

    private void End(int index, ProcessorStep step, ProcessorOutcome outcome, ExecutionOutput? newOutput, UndoneStep? undone)
    {
        if (undone is not null)
        {
            _undone.Add(undone);
            _isSuspended = undone.Holds;
        }

        Append(step, outcome);
        _input.OnEnd?.Invoke(new StepEnd(index, outcome, newOutput, undone));
    }

    private void Append(ProcessorStep step, ProcessorOutcome outcome)
    {
        _outcomes[_count++] = outcome;
        if (outcome.State == OutcomeState.Stopped)
        {
            _chainEnded = $"{step.Name} ended the chain: {outcome.Error}";
        }
        else if (outcome.State is OutcomeState.Failed or OutcomeState.TimedOut or OutcomeState.Unavailable && step.OnError != StepFailure.Continue)
        {
            _chainEnded = $"{step.Name} did not work and its on_error is {(step.OnError == StepFailure.Stop ? "stop" : "fail")}";
            _failedBecause = step.OnError == StepFailure.Fail ? $"processor {step.Name}: {outcome.Error}" : null;
        }
    }

    private string? NotApplying(StepCondition when)
    {
        var execution = _input.Execution;
        return when switch
        {
            StepCondition.Failure when execution.Success => "its when is failure, and the execution succeeded",
            StepCondition.Success when !execution.Success => "its when is success, and the execution did not succeed",
            StepCondition.Change when execution.PreviousStatus is { } previous && previous == ExecutionStatus.Succeeded == execution.Success => "its when is change, and nothing changed since the execution before",
            StepCondition.Final when !execution.IsFinalAttempt => "its when is final, and a further attempt follows",
            _ => null,
        };
    }

    private static string LateBy(ProcessorCall call) => $"did not end within its timeout of {DurationText.Format(call.Step.Timeout)}";

    private ProcessorOutcome Outcome(ProcessorStep step, StepTarget target, OutcomeState state, TimeSpan elapsed, string? error) => new()
    {
        Name = step.Name,
        Version = target.Version,
        State = state,
        Duration = elapsed,
        Error = error,
        BytesIn = _output.Length,
        BytesOut = _output.Length,
    };
}

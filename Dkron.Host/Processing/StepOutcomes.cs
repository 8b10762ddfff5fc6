using System.Globalization;
using Dkron.Abstractions;
using Dkron.Host.Jobs;

namespace Dkron.Host.Processing;

/// <summary>What the steps of one chain have done so far, and what that means for the steps to come.</summary>
internal sealed class StepOutcomes
{
    private readonly ChainInput _input;
    private readonly ProcessorOutcome[] _outcomes;
    private ExecutionOutput _output;
    private string? _chainEnded;
    private string? _failedBecause;

    public StepOutcomes(ChainInput input)
    {
        _input = input;
        _output = input.RawOutput;
        _outcomes = new ProcessorOutcome[input.Steps.Count];
        for (var i = 0; i < input.Known.Count; i++)
        {
            _outcomes[i] = input.Known[i];
        }
    }

    public ProcessorContext ContextFor(int index, ProcessorStep step, StepTarget target) => new()
    {
        InvocationId = string.Concat(_input.Execution.Id, "/", index.ToString(CultureInfo.InvariantCulture)),
        Attempt = 1,
        Job = _input.Job,
        Execution = _input.Execution,
        Output = _output,
        OriginalOutput = _input.RawOutput,
        Forward = step.Forward,
        Config = step.Config,
        Previous = new ArraySegment<ProcessorOutcome>(_outcomes, 0, index),
        Log = target.LogFor(_input.Execution),
    };

    /// <summary>Notes why a step is not called at all. False when it is to be called.</summary>
    public bool AddUncalled(int index, ProcessorStep step, StepTarget target)
    {
        var (state, why) = _chainEnded is { } ended ? (OutcomeState.Skipped, ended)
            : NotApplying(step.When) is { } condition ? (OutcomeState.Skipped, condition)
            : (OutcomeState.Unavailable, target.Unavailable);
        if (why is null)
        {
            return false;
        }

        Set(index, step, Outcome(step, target, state, TimeSpan.Zero, why));
        return true;
    }

    /// <summary>Notes that a processor may not be called now.</summary>
    public void AddRefused(int index, ProcessorStep step, StepTarget target, string why) => Set(index, step, Outcome(step, target, OutcomeState.Unavailable, TimeSpan.Zero, why));

    /// <summary>Notes how a call ended, and takes over its output.</summary>
    public void Add(int index, ProcessorCall call, CallEnd end)
    {
        var bytesIn = _output.Length;
        var outcome = Judge(call, end);
        Set(index, call.Step, outcome with { BytesIn = bytesIn, BytesOut = _output.Length });
    }

    /// <summary>Notes that a call was given up.</summary>
    public void AddAbandoned(int index, ProcessorCall call) =>
        Set(index, call.Step, Outcome(call.Step, call.Target, OutcomeState.TimedOut, call.Elapsed, $"{Why(call)}, did not end after that, and was abandoned"));

    public ChainResult ToResult() => new(_output, _outcomes, _failedBecause);

    private ProcessorOutcome Judge(ProcessorCall call, CallEnd end)
    {
        var elapsed = call.Elapsed;
        if (end.Result is not { } result)
        {
            return end switch
            {
                { WasCancelled: true } when call.Cancellation.IsCancellationRequested =>
                    Outcome(call, OutcomeState.TimedOut, elapsed, Why(call)),
                { Error: { } error } => Outcome(call, OutcomeState.Failed, elapsed, error),
                _ => Outcome(call, OutcomeState.Failed, elapsed, "returned null instead of a ProcessorResult"),
            };
        }

        if (result.Kind == ProcessorResultKind.Output)
        {
            try
            {
                _output = OutputLimit.Copy(result.Output, _input.MaxOutputBytes);
            }
#pragma warning disable CA1031 // The bytes may lie in memory that a plugin's own MemoryManager owns, and reading them runs its code.
            catch (Exception e)
#pragma warning restore CA1031
            {
                return Outcome(call, OutcomeState.Failed, elapsed, $"returned an output that cannot be read: {CallEnd.Of(e).Error}");
            }
        }

        var (state, why) = result.Kind switch
        {
            ProcessorResultKind.Stop => (OutcomeState.Stopped, result.Reason),
            ProcessorResultKind.Retry => (OutcomeState.Failed, result.Reason),
            ProcessorResultKind.Fail => (OutcomeState.Failed, result.Reason),
            _ => (OutcomeState.Succeeded, null),
        };
        return Outcome(call, state, elapsed, why) with { Tags = result.Tags };
    }

    private void Set(int index, ProcessorStep step, ProcessorOutcome outcome)
    {
        _outcomes[index] = outcome;
        if (outcome.State == OutcomeState.Stopped)
        {
            _chainEnded = $"{step.Name} ended the chain: {outcome.Error}";
        }
        else if (outcome.State is not (OutcomeState.Succeeded or OutcomeState.Skipped) && step.OnError != StepFailure.Continue)
        {
            _chainEnded = $"{step.Name} did not work and its on_error is {(step.OnError == StepFailure.Stop ? "stop" : "fail")}";
            _failedBecause = step.OnError == StepFailure.Fail ? $"processor {step.Name}: {outcome.Error}" : null;
        }

        _input.OnOutcome?.Invoke(index, outcome);
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

    private static string Why(ProcessorCall call) => call.WasHurried
        ? "was cancelled because the host was stopping"
        : $"did not end within its timeout of {DurationText.Format(call.Step.Timeout)}";

    private ProcessorOutcome Outcome(ProcessorCall call, OutcomeState state, TimeSpan elapsed, string? error) => Outcome(call.Step, call.Target, state, elapsed, error);

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

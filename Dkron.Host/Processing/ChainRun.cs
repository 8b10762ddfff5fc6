using Dkron.Abstractions;
using Dkron.Host.Jobs;

namespace Dkron.Host.Processing;

/// <summary>One execution's way through its chain.</summary>
/// <remarks>Owned by one thread at a time: see <see cref="ProcessorCall"/>.</remarks>
internal sealed class ChainRun
{
    private readonly ChainInput _input;
    private readonly ChainWorkers _workers;
    private readonly CallSupervisor _supervisor;
    private readonly TaskCompletionSource<ChainResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StepOutcomes _outcomes;
    private int _step;
    private ProcessorCall? _call;

    public ChainRun(ChainInput input, ChainWorkers workers, CallSupervisor supervisor)
    {
        _input = input;
        _workers = workers;
        _supervisor = supervisor;
        _outcomes = new StepOutcomes(input, supervisor.Time);
        _step = input.Known.Count;
        Node = new LinkedListNode<ChainRun>(this);
    }

    /// <summary>Its place in the supervisor's list.</summary>
    public LinkedListNode<ChainRun> Node { get; }

    public Task<ChainResult> Completion => _completion.Task;

    /// <summary>Calls the steps that are left, until one has to be awaited or all are done.</summary>
    public void Continue()
    {
        while (_outcomes.GoesOn && _step < _input.Steps.Count)
        {
            var step = _input.Steps[_step];
            var target = _input.Targets[_step];
            if (!_outcomes.AddUncalled(_step, step, target))
            {
                var entry = target.TryEnter(out var refusal);
                if (entry == CallEntry.Full)
                {
                    // From a successful parking on, the chain belongs to whoever resumes it.
                    if (target.Park(() => _workers.Queue(this)))
                    {
                        return;
                    }

                    continue;
                }

                if (entry == CallEntry.Refused)
                {
                    _outcomes.AddRefused(_step, step, target, refusal ?? "");
                }
                else if (!Call(step, target))
                {
                    return;
                }
            }

            _step++;
        }

        _supervisor.Remove(this);
        _completion.SetResult(_outcomes.ToResult());
    }

    /// <summary>The supervisor's look: cancels or abandons the call in progress when its time is up.</summary>
    public void Look(long now, bool hurry)
    {
        if (Volatile.Read(ref _call) is not { } call || !call.IsOverdue(now, _supervisor.Grace, hurry) || !call.TryAbandon(out var holdsWorker))
        {
            return;
        }

        _supervisor.CountAbandoned(1);
        if (holdsWorker)
        {
            _workers.Lose();
        }

        call.Target.Exit(CallVerdict.Abandoned);
        _outcomes.AddAbandoned(_step, call);
        GoOn();
    }

    /// <summary>True when the call has ended here and the chain goes on here; false when others go on with it.</summary>
    private bool Call(ProcessorStep step, StepTarget target)
    {
        var context = _outcomes.ContextFor(_step, step, target);
        var call = new ProcessorCall(step, target, _supervisor.Time);
        Volatile.Write(ref _call, call);
        CallEnd end;
        try
        {
            var pending = target.Processor!.ProcessAsync(context, call.Cancellation);
            if (!pending.IsCompleted)
            {
                Await(pending, call);
                return false;
            }

            end = CallEnd.Of(pending);
        }
#pragma warning disable CA1031 // A plugin may throw anything; the chain goes on without it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            end = CallEnd.Of(e);
        }

        if (call.TryEnd())
        {
            target.Exit(end.Verdict);
            _outcomes.Add(_step, call, end);
            return true;
        }

        _workers.Regain();
        AbandonedCallEnded(call);
        return false;
    }

    private void Await(ValueTask<ProcessorResult> pending, ProcessorCall call)
    {
        if (!call.TryAwait())
        {
            _workers.Regain();
        }

        var task = pending.AsTask();
        task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(() =>
        {
            if (call.TryEnd())
            {
                var end = CallEnd.Of(new ValueTask<ProcessorResult>(task));
                call.Target.Exit(end.Verdict);
                _outcomes.Add(_step, call, end);
                GoOn();
            }
            else
            {
                _ = task.Exception;
                AbandonedCallEnded(call);
            }
        });
    }

    /// <summary>Goes on with the next step on a worker: the thread that ended the call is the plugin's or the supervisor's.</summary>
    private void GoOn()
    {
        _step++;
        _workers.Queue(this);
    }

    private void AbandonedCallEnded(ProcessorCall call)
    {
        _supervisor.CountAbandoned(-1);
        call.EndAbandoned();
    }
}

using Dkron.Abstractions;
using Dkron.Host.Execution;

namespace Dkron.Host.Runs;

/// <summary>An execution that was admitted and has not ended: its command runs, or it waits for its turn.</summary>
/// <param name="attempt">What is run.</param>
/// <param name="info">Status Running.</param>
/// <param name="replaces">The executions that must end before it starts.</param>
#pragma warning disable CA1001 // The source has no timer and no link, so there is nothing to dispose, and a late request to stop must find it whole.
internal sealed class RunningExecution(Attempt attempt, ExecutionInfo info, IReadOnlyList<RunningExecution> replaces)
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Attempt Attempt => attempt;

    /// <summary>Status Running.</summary>
    public ExecutionInfo Info => info;

    /// <summary>Empty once it has its turn, so that what has ended is not held by what came after it.</summary>
    public IReadOnlyList<RunningExecution> Replaces { get; private set; } = replaces;

    /// <summary>What its command has written so far.</summary>
    public LiveOutput Output { get; } = new();

    /// <summary>Cancelled when somebody asks it to end.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>Why it was asked to end; empty when nobody did.</summary>
    public string StopReason { get; private set; } = "";

    /// <summary>Whether further attempts may follow although it was asked to end.</summary>
    public bool MayFollow { get; private set; } = true;

    /// <summary>Ends when it has ended, and that is recorded.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether it counts as one of those that run, and no longer waits.</summary>
    public bool HasPlace { get; set; }

    /// <summary>When something must follow it; null when nothing must.</summary>
    public DateTimeOffset? FollowAt { get; set; }

    /// <summary>Asks it to end. The first reason counts.</summary>
    /// <param name="reason">A sentence without its full stop.</param>
    /// <param name="mayFollow">Whether further attempts may follow.</param>
    public void Stop(string reason, bool mayFollow = false)
    {
        lock (_stop)
        {
            if (StopReason.Length > 0)
            {
                return;
            }

            StopReason = reason;
            MayFollow = mayFollow;
        }

        _stop.Cancel();
    }

    public void ForgetReplaced() => Replaces = [];

    public void End()
    {
        ForgetReplaced();
        _ended.TrySetResult();
    }
}

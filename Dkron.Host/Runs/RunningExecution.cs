using Dkron.Abstractions;
using Dkron.Host.Execution;

namespace Dkron.Host.Runs;

/// <summary>An execution whose command has been started, or is about to be, and has not ended.</summary>
#pragma warning disable CA1001 // The source has no timer and no link, so there is nothing to dispose, and a late request to stop must find it whole.
internal sealed class RunningExecution(Attempt attempt, ExecutionInfo info)
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _stop = new();

    public Attempt Attempt => attempt;

    /// <summary>Status Running.</summary>
    public ExecutionInfo Info => info;

    /// <summary>What its command has written so far.</summary>
    public LiveOutput Output { get; } = new();

    /// <summary>Cancelled when somebody asks it to end.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>Why it was asked to end; empty when nobody did.</summary>
    public string StopReason { get; private set; } = "";

    /// <summary>Asks the command to end. The first reason counts.</summary>
    public void Stop(string reason)
    {
        lock (_stop)
        {
            if (StopReason.Length > 0)
            {
                return;
            }

            StopReason = reason;
        }

        _stop.Cancel();
    }
}

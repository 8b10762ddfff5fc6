namespace Dkron.Host.Execution;

/// <summary>Waits for a command's end, brings it about when it must be, and waits for the last of its output.</summary>
internal sealed class CommandEnding(IChild child, TimeProvider time, TimeSpan grace, CancellationToken hurry)
{
    // A timer takes no more than 49 days; a longer wait is made of several.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMilliseconds(250);

    /// <summary>Killed processes vanish at once, unless the kernel holds them in a disk or network operation.</summary>
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(5);

    /// <summary>Waits until the command exits, its time is up or it is to stop.</summary>
    public async Task<EndReason> WaitAsync(TimeSpan? timeout, CancellationToken stop)
    {
        await WaitForAsync(child.Exited, timeout, stop);
        return child.Exited.IsCompleted ? EndReason.Exited : stop.IsCancellationRequested ? EndReason.Stopped : EndReason.TimedOut;
    }

    /// <summary>Ends every process of a command that is to end. Returns when the command itself is gone.</summary>
    /// <returns>False when another of its processes could not be killed.</returns>
    public async Task<bool> EndAsync(EndReason why)
    {
        if (why == EndReason.Exited)
        {
            return true;
        }

        child.Terminate();
        if (await GoneAsync(grace, hurry))
        {
            return true;
        }

        // Again and again, because a process that is just forking can give birth to one that the signal missed.
        var start = time.GetTimestamp();
        do
        {
            child.Kill();
            if (await GoneAsync(LongestPoll, CancellationToken.None))
            {
                return true;
            }
        }
        while (!child.Exited.IsCompleted || time.GetElapsedTime(start) < KillLimit);

        return false;
    }

    /// <summary>Waits for the end of the output.</summary>
    /// <returns>False when somebody still held it when the limit was reached.</returns>
    public async Task<bool> DrainAsync(TimeSpan limit)
    {
        await WaitForAsync(child.Drained, limit, hurry);
        var drained = child.Drained.IsCompleted;
        child.CloseOutput();
        return drained;
    }

    /// <summary>Waits until the command and all its processes are gone, the limit is reached or there is a hurry.</summary>
    private async Task<bool> GoneAsync(TimeSpan limit, CancellationToken cut)
    {
        var start = time.GetTimestamp();
        await WaitForAsync(child.Exited, limit, cut);

        // Nothing tells of the end of processes that are not our own children: they must be looked for.
        for (var pause = ShortestPoll; child.IsAnyAlive(); pause = pause * 2 < LongestPoll ? pause * 2 : LongestPoll)
        {
            var left = limit - time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero || cut.IsCancellationRequested)
            {
                return false;
            }

            await Task.Delay(pause < left ? pause : left, time, cut).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return true;
    }

    /// <summary>Waits for a task, at most so long, or until cut short; the caller looks which of them it was.</summary>
    private async Task WaitForAsync(Task task, TimeSpan? limit, CancellationToken cut)
    {
        var start = time.GetTimestamp();
        while (!task.IsCompleted && !cut.IsCancellationRequested)
        {
            var left = limit is { } some ? some - time.GetElapsedTime(start) : LongestTimer;
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            var wait = limit is null ? task.WaitAsync(cut) : task.WaitAsync(left < LongestTimer ? left : LongestTimer, time, cut);
            await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

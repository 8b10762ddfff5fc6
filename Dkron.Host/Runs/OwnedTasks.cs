using Microsoft.Extensions.Logging;

namespace Dkron.Host.Runs;

/// <summary>Work that was begun and is awaited by nobody else: kept until it ends, and what it throws is logged.</summary>
internal sealed partial class OwnedTasks(ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _tasks = [];

    /// <summary>How much work has not ended.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _tasks.Count;
            }
        }
    }

    /// <param name="what">Names the work in the log, should it fail.</param>
    public void Own(Task work, string what)
    {
        if (work.IsCompletedSuccessfully)
        {
            return;
        }

        var guarded = GuardAsync(work, what);
        lock (_lock)
        {
            _tasks.Add(guarded);
        }

        _ = guarded.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Ends when no work is left, also none that other work has begun meanwhile.</summary>
    public async Task WhenIdleAsync()
    {
        while (true)
        {
            Task[] left;
            lock (_lock)
            {
                left = [.. _tasks];
            }

            if (left.Length == 0)
            {
                return;
            }

            await Task.WhenAll(left);
        }
    }

    private async Task GuardAsync(Task work, string what)
    {
        try
        {
            await work;
        }
#pragma warning disable CA1031 // The top of a background task: its failure must be seen, and must not end the host.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(what, e);
        }
    }

    private void Forget(Task task)
    {
        lock (_lock)
        {
            _tasks.Remove(task);
        }
    }

    [LoggerMessage(8030, LogLevel.Error, "{What} failed")]
    private partial void LogFailed(string what, Exception e);
}

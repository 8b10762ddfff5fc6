namespace Dkron.Host.Plugins;

/// <summary>The threads on which plugins are copied, loaded, swapped and seen out: as many as there is work for, up to a limit.</summary>
/// <remarks>
/// Not those of the thread pool, which jobs, requests and plugins may keep busy or block: there, one swap takes a dozen turns
/// behind all that waits, and the pool adds threads by the second. A plugin's own code runs on neither: see <see cref="GuardedCall"/>.
/// </remarks>
internal sealed class PluginThreads : TaskScheduler
{
    private const int MaxThreads = 16;
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    private readonly object _lock = new();
    private readonly Queue<Task> _waiting = new();
    private int _threads;
    private int _idle;

    public override int MaximumConcurrencyLevel => MaxThreads;

    /// <summary>Runs work here, and all that it goes on with after each wait.</summary>
    public Task RunAsync(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>Runs work here.</summary>
    public Task RunAsync(Action work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this);

    protected override void QueueTask(Task task)
    {
        lock (_lock)
        {
            _waiting.Enqueue(task);
            if (_idle >= _waiting.Count)
            {
                Monitor.Pulse(_lock);
                return;
            }

            if (_threads == MaxThreads)
            {
                return;
            }

            _threads++;
        }

        new Thread(Work) { IsBackground = true, Name = "dkron plugins" }.UnsafeStart();
    }

    // Only what goes on where it is: what was queued is taken from the queue.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => !taskWasPreviouslyQueued && Current == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_lock)
        {
            return [.. _waiting];
        }
    }

    private void Work()
    {
        while (WorkOnce())
        {
        }
    }

    // A method of its own, so that an idle thread holds nothing of what it did last.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private bool WorkOnce()
    {
        if (Take() is not { } task)
        {
            return false;
        }

        TryExecuteTask(task);
        return true;
    }

    private Task? Take()
    {
        lock (_lock)
        {
            while (true)
            {
                if (_waiting.TryDequeue(out var task))
                {
                    return task;
                }

                _idle++;
                var isPulsed = Monitor.Wait(_lock, IdleTime);
                _idle--;
                if (!isPulsed && _waiting.Count == 0)
                {
                    _threads--;
                    return null;
                }
            }
        }
    }
}

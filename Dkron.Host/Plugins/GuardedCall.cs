using System.Runtime.CompilerServices;

namespace Dkron.Host.Plugins;

/// <summary>One call into a plugin outside of a chain, on a thread of its own, so that it may block for ever without harm.</summary>
#pragma warning disable CA1001 // The token's source is disposed when the call ends, which nobody but the call can tell.
internal sealed class GuardedCall
#pragma warning restore CA1001
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource<PluginFault?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop;
    private readonly Lock _lock = new();
    private bool _stopDisposed;

    private GuardedCall(CancellationToken cancellationToken) => _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

    /// <summary>What the plugin threw, or null; completes when the call has really ended, which may be never. Never faults.</summary>
    public Task<PluginFault?> Ended => _ended.Task;

    /// <summary>Starts a call.</summary>
    /// <param name="call">The call; its result is what the plugin does outside. Not held after its end.</param>
    /// <param name="cancellationToken">Handed to the plugin, which is also asked to end at the deadline.</param>
    public static GuardedCall Start(Func<CancellationToken, ValueTask> call, CancellationToken cancellationToken)
    {
        var guarded = new GuardedCall(cancellationToken);
        new Thread(() => guarded.Run(call)) { IsBackground = true, Name = "dkron plugin" }.UnsafeStart();
        return guarded;
    }

    /// <summary>Waits for the end; at the deadline the plugin is asked to stop, and after a grace it is left alone.</summary>
    /// <returns>Whether it ended.</returns>
    public async Task<bool> EndsWithinAsync(TimeSpan deadline, TimeProvider time)
    {
        if (await EndedWithinAsync(deadline, time))
        {
            return true;
        }

        AskToEnd();
        return await EndedWithinAsync(Grace, time);
    }

    /// <summary>Waits for the end, and leaves the plugin as it is when that does not come.</summary>
    /// <returns>Whether it ended.</returns>
    public async Task<bool> EndedWithinAsync(TimeSpan limit, TimeProvider time)
    {
        try
        {
            await _ended.Task.WaitAsync(limit, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>The same for a caller that has to block: by the wall clock, and without a thread of the pool.</summary>
    /// <param name="deadline">When the plugin is asked to stop.</param>
    /// <param name="cancellationToken">Has it asked to stop now, and left alone at once.</param>
    /// <param name="fault">What the plugin threw; null when nothing, or when the call has not ended.</param>
    public bool EndsWithin(TimeSpan deadline, CancellationToken cancellationToken, out PluginFault? fault)
    {
        var ended = EndedWithin(deadline, cancellationToken);
        if (!ended)
        {
            AskToEnd();
            ended = EndedWithin(Grace, cancellationToken);
        }

#pragma warning disable VSTHRD002 // It has ended.
        fault = ended ? _ended.Task.Result : null;
#pragma warning restore VSTHRD002
        return ended;
    }

    private bool EndedWithin(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
#pragma warning disable VSTHRD002 // The call runs on a thread of its own, so nothing that this thread holds is waited for.
            return _ended.Task.Wait(limit, cancellationToken);
#pragma warning restore VSTHRD002
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // Not waited for: what the plugin registered with the token may block or throw as well, and only the call itself counts.
    private void AskToEnd()
    {
        lock (_lock)
        {
            _ = _stopDisposed ? Task.CompletedTask : _stop.CancelAsync();
        }
    }

    private void End(PluginFault? fault)
    {
        lock (_lock)
        {
            _stopDisposed = true;
            _stop.Dispose();
        }

        _ended.SetResult(fault);
    }

#pragma warning disable CA1031 // A plugin may throw anything; it becomes text here.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Run(Func<CancellationToken, ValueTask> call)
    {
        try
        {
            var pending = call(_stop.Token);
            if (pending.IsCompletedSuccessfully)
            {
                pending.GetAwaiter().GetResult();
                End(null);
            }
            else
            {
                // Owned by Ended: it never faults.
                _ = ObserveAsync(pending);
            }
        }
        catch (Exception e)
        {
            End(PluginFault.From(e));
        }
    }

    private async Task ObserveAsync(ValueTask pending)
    {
        try
        {
            await pending;
            End(null);
        }
        catch (Exception e)
        {
            End(PluginFault.From(e));
        }
    }
#pragma warning restore CA1031
}

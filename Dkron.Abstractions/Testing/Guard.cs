using Dkron.Host.Plugins;

namespace Dkron.Testing;

/// <summary>Calls into a plugin on a thread of its own, so that one that blocks for ever fails the test and does not hang it.</summary>
internal static class Guard
{
    /// <summary>Makes a call and waits for its end.</summary>
    /// <returns>Whether it ended, and what it threw as text.</returns>
    public static async Task<(bool Ended, PluginFault? Fault)> CallAsync(Func<CancellationToken, ValueTask> call, TimeSpan deadline, TimeSpan grace, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ended = new TaskCompletionSource<PluginFault?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var token = stop.Token;
        new Thread(() => Run(call, ended, token)) { IsBackground = true, Name = "dkron test" }.UnsafeStart();
        if (await EndsAsync(ended.Task, deadline))
        {
            return (true, await ended.Task);
        }

        await stop.CancelAsync();
        return await EndsAsync(ended.Task, grace) ? (true, await ended.Task) : (false, null);
    }

    private static async Task<bool> EndsAsync(Task task, TimeSpan limit)
    {
        try
        {
            await task.WaitAsync(limit, TimeProvider.System);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

#pragma warning disable CA1031 // A plugin may throw anything; it becomes text here, since an exception of a plugin holds its load context.
    private static void Run(Func<CancellationToken, ValueTask> call, TaskCompletionSource<PluginFault?> ended, CancellationToken token)
    {
        try
        {
            var pending = call(token);
            if (pending.IsCompletedSuccessfully)
            {
                pending.GetAwaiter().GetResult();
                ended.SetResult(null);
            }
            else
            {
                // Owned by the source: it never faults.
                _ = ObserveAsync(pending, ended);
            }
        }
        catch (Exception e)
        {
            ended.SetResult(PluginFault.From(e));
        }
    }

    private static async Task ObserveAsync(ValueTask pending, TaskCompletionSource<PluginFault?> ended)
    {
        try
        {
            await pending;
            ended.SetResult(null);
        }
        catch (Exception e)
        {
            ended.SetResult(PluginFault.From(e));
        }
    }
#pragma warning restore CA1031
}

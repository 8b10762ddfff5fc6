using Dkron.Abstractions;
using Dkron.Host.Api;

namespace Dkron.Host.Cli;

/// <summary>Follows an execution to its end.</summary>
internal sealed class ExecutionWatch(IControl control, TimeProvider time)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>Copies the command's output as it comes, waits until the processors have been called, and returns what there is then.</summary>
    /// <param name="id">The execution.</param>
    /// <param name="output">Where the output goes; null for nowhere.</param>
    /// <param name="cancellationToken">Gives up watching.</param>
    public async Task<ExecutionDocument> FollowAsync(string id, Stream? output, CancellationToken cancellationToken)
    {
        try
        {
            await using var live = await control.OutputAsync(id, raw: true, follow: true, cancellationToken);
            await live.CopyToAsync(output ?? Stream.Null, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ControlException { Error: ControlError.Unavailable })
        {
            // Broken off, mostly because the agent stops. It may still tell how the execution ended.
        }

        // Most of the waiting was done above, without asking: here only the processors are left.
        for (var wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            var execution = await AskAsync(id, cancellationToken);
            if (execution.Processed && execution.Status != ExecutionStatus.Running)
            {
                return execution;
            }

            await Task.Delay(wait, time, cancellationToken);
        }
    }

    private async Task<ExecutionDocument> AskAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await control.ExecutionAsync(id, cancellationToken);
        }
        catch (ControlException e) when (e.Error == ControlError.Unavailable)
        {
            throw new ControlException(ControlError.Unavailable, $"the agent went away before execution {id} and its processors had ended; dkron show {id} tells what became of it", e);
        }
    }
}

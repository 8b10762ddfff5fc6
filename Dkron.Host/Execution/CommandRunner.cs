using Dkron.Abstractions;
using Dkron.Host.Execution.Native;
using Dkron.Host.Execution.Output;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dkron.Host.Execution;

/// <summary>Runs commands to their results.</summary>
/// <remarks>
/// A command is a whole session: stopping it, and running out of time, ends every process in it. What a command leaves in the
/// background when it ends by itself is left alone; its output counts for as long as the drain limit says. Only a process that
/// makes a session of its own (setsid) escapes a stop.
/// </remarks>
internal sealed partial class CommandRunner(IOptions<ExecutionOptions> options, TimeProvider time, ILogger<CommandRunner> logger, IChildStarter? starter = null) : IAsyncDisposable
{
    private readonly Lazy<IChildStarter> _starter = new(() => starter ?? CreateStarter());
    private readonly CommandEnvironment _environment = new();
    private readonly CancellationTokenSource _disposing = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One for the runner itself, given back when it is disposed.
    private int _uses = 1;

    /// <summary>
    /// Runs a command to its end. Whatever happens to the command is a result; it never throws for that. When
    /// <paramref name="stop"/> is cancelled its processes are asked to end, and killed after the run's grace.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The host has ended.</exception>
    /// <remarks>Starts the command on the calling thread, which takes about half a millisecond, before it first waits.</remarks>
    public async Task<CommandResult> RunAsync(Command command, CommandRun run, CancellationToken stop)
    {
        Enter();
        try
        {
            using var store = new OutputStore(command.MaxOutputBytes, options.Value.OutputInMemoryBytes, run.OutputFile, run.Live);
            run.Live?.Attach(store);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop, _disposing.Token);
            return await RunAsync(command, run, store, ending.Token);
        }
        finally
        {
            run.Live?.End();
            Leave();
        }
    }

    /// <summary>Ends what still runs, each with its grace, and then the thread that watches.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposing.IsCancellationRequested)
        {
            return;
        }

        await _disposing.CancelAsync();
        Leave();
        await _idle.Task;
        if (_starter.IsValueCreated)
        {
            _starter.Value.Dispose();
        }

        _disposing.Dispose();
    }

    private async Task<CommandResult> RunAsync(Command command, CommandRun run, OutputStore store, CancellationToken stop)
    {
        var result = new CommandResult { StartedAt = time.GetUtcNow(), FinishedAt = default, Status = ExecutionStatus.Failed, Output = ExecutionOutput.Empty };
        if (stop.IsCancellationRequested)
        {
            return result with { FinishedAt = result.StartedAt, Error = "was stopped before it was started" };
        }

        var start = time.GetTimestamp();
        if (TryStart(command, run, store, out var error) is not { } child)
        {
            return result with { FinishedAt = result.StartedAt + time.GetElapsedTime(start), Error = $"could not be started: {error}" };
        }

        await using (child)
        {
            run.OnStarted?.Invoke(child.Identity);
            var ending = new CommandEnding(child, time, run.StopGrace ?? options.Value.StopGrace, run.Hurry);
            var why = await ending.WaitAsync(command.Timeout, stop);
            if (!await ending.EndAsync(why))
            {
                LogSurvivor(run.ExecutionId, child.Identity.ProcessId);
            }

            result = Describe(result, await child.Exited, why, command.Timeout) with { FinishedAt = result.StartedAt + time.GetElapsedTime(start) };
            if (!await ending.DrainAsync(options.Value.DrainLimit))
            {
                LogStillHeld(run.ExecutionId, options.Value.DrainLimit);
            }
        }

        var stored = store.Complete();
        if (stored.FileError is not null)
        {
            LogNotWritten(run.ExecutionId, run.OutputFile, stored.FileError);
        }

        return result with { Output = stored.Output, OutputFile = stored.File };
    }

    private IChild? TryStart(Command command, CommandRun run, OutputStore store, out string? error)
    {
        var request = StartPreparation.TryPrepare(command, run, _environment, out error);
        return request is null ? null : _starter.Value.TryStart(request, store, out error);
    }

    private static CommandResult Describe(CommandResult result, ExitState exit, EndReason why, TimeSpan? timeout)
    {
        var (status, error) = why switch
        {
            EndReason.TimedOut => (ExecutionStatus.TimedOut, $"ran longer than its timeout of {DurationText.Format(timeout!.Value)} and {exit}"),
            EndReason.Stopped => (ExecutionStatus.Failed, $"was stopped and {exit}"),
            _ when exit.Code == 0 => (ExecutionStatus.Succeeded, null),
            _ => (ExecutionStatus.Failed, exit.ToString()),
        };
        return result with { Status = status, Error = error, ExitCode = exit.Code, Signal = exit.Signal };
    }

    private static IChildStarter CreateStarter() => OperatingSystem.IsLinux() ? new NativeStarter() : new PortableStarter();

    private void Enter()
    {
        Interlocked.Increment(ref _uses);
        if (_disposing.IsCancellationRequested)
        {
            Leave();
            throw new ObjectDisposedException(nameof(CommandRunner));
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _uses) == 0)
        {
            _idle.TrySetResult();
        }
    }

    [LoggerMessage(3001, LogLevel.Warning, "Execution {ExecutionId}: its output was cut, because '{File}' could not be written: {Problem}")]
    private partial void LogNotWritten(string executionId, string file, string problem);

    [LoggerMessage(3002, LogLevel.Information, "Execution {ExecutionId}: the command has ended, but a process that it started still holds its output; no more is taken after {Limit}")]
    private partial void LogStillHeld(string executionId, TimeSpan limit);

    [LoggerMessage(3003, LogLevel.Error, "Execution {ExecutionId}: a process of session {SessionId} is still there after it was killed; 'ps -s' with that number shows it")]
    private partial void LogSurvivor(string executionId, int sessionId);
}

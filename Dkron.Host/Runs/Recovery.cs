using Dkron.Abstractions;
using Dkron.Host.Execution;
using Dkron.Host.Execution.Output;
using Dkron.Host.Records;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Runs;

/// <summary>Finishes what an earlier host has left behind: what ran is closed as lost, what was not processed is processed.</summary>
internal sealed partial class Recovery(ExecutionRecords records, RunningExecutions executions, ExecutionProcessing processing, ProcessingRoom room, HostEnd end, TimeProvider time, ILogger<Recovery> logger) : IHostedService
{
    /// <summary>What a command of the earlier host has between being asked to end and being killed.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly OwnedTasks _work = new(logger);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Read at once, so that nothing that is started from now on is taken for a left-over; finished beside the firing of jobs.
        var all = records.List(new ExecutionQuery { Status = ExecutionStatus.Running, Limit = int.MaxValue }, cancellationToken);
        var processes = new Lazy<MarkedProcesses>(MarkedProcesses.Find);
        foreach (var left in all)
        {
            var command = new LostCommand(left.Info.Id, left.Process, processes.Value);
            var isAlive = command.IsAlive;
            if (isAlive)
            {
                executions.AddLeft(left.Info.JobName);
            }

            _work.Own(FinishAsync(left, isAlive, command), $"Closing execution {left.Info.Id} of an earlier host");
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => end.FinishAsync(_work.WhenIdleAsync());

    private async Task FinishAsync(ExecutionRecord left, bool isAlive, LostCommand command)
    {
        await Task.Yield();
        string fate;
        try
        {
            fate = await command.EndAsync(Grace, time, CancellationToken.None);
        }
        finally
        {
            // Before it is on record as lost: who reads that may run the job again.
            if (isAlive)
            {
                executions.RemoveLeft(left.Info.JobName);
            }
        }

        await CloseAsync(left, fate);

        // From here on it is a result like others that wait for their processors, as are those that had ended before.
        room.Spill();
    }

    private async Task CloseAsync(ExecutionRecord left, string fate)
    {
        var file = records.OutputPathFor(left.Info.Id);
        var (output, kept) = TakeOutput(left.Info.Id, file);
        var now = time.GetUtcNow();
        var lost = left.Info with
        {
            Status = ExecutionStatus.Lost,
            FinishedAt = now,
            Error = $"the host ended while its command ran, and {kept}; {fate}",
            IsFinalAttempt = left.FollowAt is null,
            PreviousStatus = records.LastStatusOf(left.Info.JobName),
        };
        var result = new CommandResult
        {
            StartedAt = lost.StartedAt,
            FinishedAt = now,
            Status = ExecutionStatus.Lost,
            Error = lost.Error,
            Output = output ?? ExecutionOutput.Empty,
            OutputFile = output is null ? null : file,
        };
        await records.FinishAsync(lost, result, hasSteps: true, CancellationToken.None);
        LogLost(lost.JobName, lost.Id, kept, fate);
    }

    private (ExecutionOutput? Output, string Kept) TakeOutput(string id, string file)
    {
        try
        {
            var maxBytes = records.Find(id) is { } record ? processing.JobOf(record)?.MaxOutputBytes : null;
            return OutputLeftover.Take(file, maxBytes ?? long.MaxValue) is { } output
                ? (output, "its output up to then is kept")
                : (null, "its output is lost");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"its output is lost: {e.Message}");
        }
    }

    [LoggerMessage(8040, LogLevel.Warning, "Job {Job}: execution {Execution} of an earlier host is closed as lost, and {Kept}; {Fate}")]
    private partial void LogLost(string job, string execution, string kept, string fate);
}

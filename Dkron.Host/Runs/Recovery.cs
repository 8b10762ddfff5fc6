using System.Globalization;
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
        var processes = new Lazy<ILookup<string, ProcessIdentity>>(MarkedProcesses.Find);
        foreach (var left in all)
        {
            var isAlive = left.Process is { } process ? ProcessGroups.IsAlive(process) : processes.Value.Contains(left.Info.Id);
            if (isAlive)
            {
                executions.AddLeft(left.Info.JobName);
            }

            _work.Own(FinishAsync(left, isAlive, processes), $"Closing execution {left.Info.Id} of an earlier host");
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => end.FinishAsync(_work.WhenIdleAsync());

    private async Task FinishAsync(ExecutionRecord left, bool isAlive, Lazy<ILookup<string, ProcessIdentity>> processes)
    {
        try
        {
            await CloseAsync(left, processes);
        }
        finally
        {
            if (isAlive)
            {
                executions.RemoveLeft(left.Info.JobName);
            }
        }

        // From here on it is a result like others that wait for their processors, as are those that had ended before.
        room.Spill();
    }

    private async Task CloseAsync(ExecutionRecord left, Lazy<ILookup<string, ProcessIdentity>> processes)
    {
        await Task.Yield();
        var fate = await EndProcessAsync(left, processes);
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

    private async Task<string> EndProcessAsync(ExecutionRecord left, Lazy<ILookup<string, ProcessIdentity>> processes)
    {
        // Who it is goes to disk a moment after its start.
        var isMarked = left.Process is null;
        var all = isMarked ? processes.Value[left.Info.Id].ToList() : [left.Process!];
        if (all.Count == 0)
        {
            return "no process of it is left";
        }

        // The first session is the command's own; another one was made by what it started, which a stop does not reach either.
        var process = all[0];
        var id = process.ProcessId.ToString(CultureInfo.InvariantCulture);
        var others = all.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"; what it started in sessions of their own is left alone: {string.Join(", ", all.Skip(1).Select(other => other.ProcessId))}");
        return !ProcessGroups.IsAlive(process) ? $"its process {id} is gone"
            : await ProcessGroups.EndAsync(process, Grace, time, CancellationToken.None) ? $"its process {id} was still there and was ended{others}"
            : $"its process {id} is still there and could not be ended{others}";
    }

    [LoggerMessage(8040, LogLevel.Warning, "Job {Job}: execution {Execution} of an earlier host is closed as lost, and {Kept}; {Fate}")]
    private partial void LogLost(string job, string execution, string kept, string fate);
}

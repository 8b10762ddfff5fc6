using System.Globalization;
using Dkron.Abstractions;
using Dkron.Host.Execution;
using Dkron.Host.Records;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Runs;

/// <summary>Finishes what an earlier host has left behind: what ran is closed as lost, what was not processed is processed.</summary>
internal sealed partial class Recovery(ExecutionRecords records, ProcessingRoom room, TimeProvider time, ILogger<Recovery> logger) : IHostedService
{
    /// <summary>What a command of the earlier host has between being asked to end and being killed.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly OwnedTasks _work = new(logger);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Read at once, so that nothing that is started from now on is taken for a left-over; finished beside the firing of jobs.
        foreach (var left in records.List(new ExecutionQuery { Status = ExecutionStatus.Running, Limit = int.MaxValue }, cancellationToken))
        {
            _work.Own(FinishAsync(left), $"Closing execution {left.Info.Id} of an earlier host");
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _work.WhenIdleAsync();

    private async Task FinishAsync(ExecutionRecord left)
    {
        await CloseAsync(left);

        // From here on it is a result like others that wait for their processors, as are those that had ended before.
        room.Spill();
    }

    private async Task CloseAsync(ExecutionRecord left)
    {
        var fate = await EndProcessAsync(left);
        var now = time.GetUtcNow();
        var lost = left.Info with { Status = ExecutionStatus.Lost, FinishedAt = now, Error = $"the host ended while its command ran, and its output is lost; {fate}" };
        var result = new CommandResult { StartedAt = lost.StartedAt, FinishedAt = now, Status = ExecutionStatus.Lost, Error = lost.Error, Output = ExecutionOutput.Empty };
        await records.FinishAsync(lost, result, hasSteps: true, CancellationToken.None);
        LogLost(lost.JobName, lost.Id, fate);
    }

    private async Task<string> EndProcessAsync(ExecutionRecord left)
    {
        if (left.Process is not { } process)
        {
            return "whether it had been started is not known";
        }

        var id = process.ProcessId.ToString(CultureInfo.InvariantCulture);
        return !ProcessGroups.IsAlive(process) ? $"its process {id} is gone"
            : await ProcessGroups.EndAsync(process, Grace, time, CancellationToken.None) ? $"its process {id} was still there and was ended"
            : $"its process {id} is still there and could not be ended";
    }

    [LoggerMessage(8040, LogLevel.Warning, "Job {Job}: execution {Execution} of an earlier host is closed as lost; {Fate}")]
    private partial void LogLost(string job, string execution, string fate);
}

using Dkron.Host.Jobs;
using Dkron.Host.Records;
using Dkron.Host.Scheduling;
using Microsoft.Extensions.Hosting;

namespace Dkron.Host.Runs;

/// <summary>Keeps what is due in step with the jobs of the settings, and remembers since when they are due as they are.</summary>
internal sealed class JobSchedule(JobSource jobs, ExecutionRecords records, DueFirings dueFirings, HostEnd end) : BackgroundService
{
    /// <summary>Takes in no more settings; that nothing can be written does not hold it up.</summary>
    public override Task StopAsync(CancellationToken cancellationToken) => end.FinishAsync(base.StopAsync(cancellationToken));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var set in jobs.ReadAsync(stoppingToken))
        {
            var histories = await records.WatchAsync([.. set.Jobs.Select(job => new WatchedJob(job.Name.Text, WatchMark.Of(job)))], stoppingToken);
            dueFirings.Set([.. set.Jobs.Zip(histories)
                .Where(pair => !(pair.First.Ephemeral && pair.Second.HasSucceeded))
                .Select(pair => new ScheduledJob(pair.First, pair.Second.FirstSeenAt, pair.Second.WatchedSince, pair.Second.LastDueAt))]);
        }
    }
}

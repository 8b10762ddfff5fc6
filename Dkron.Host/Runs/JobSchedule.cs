using Dkron.Host.Jobs;
using Dkron.Host.Records;
using Dkron.Host.Scheduling;
using Microsoft.Extensions.Hosting;

namespace Dkron.Host.Runs;

/// <summary>Keeps what is due in step with the jobs of the settings.</summary>
internal sealed class JobSchedule(JobSource jobs, ExecutionRecords records, DueFirings dueFirings) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var set in jobs.ReadAsync(stoppingToken))
        {
            var histories = await records.SeeAsync([.. set.Jobs.Select(job => job.Name.Text)], stoppingToken);
            dueFirings.Set([.. set.Jobs.Where(job => !IsDone(job, histories)).Select(job => new ScheduledJob(job, histories[job.Name.Text].FirstSeenAt))]);
        }
    }

    /// <summary>An ephemeral job lives until its first success, also when the host is started again.</summary>
    private static bool IsDone(Job job, IReadOnlyDictionary<string, JobHistory> histories) => job.Ephemeral && histories[job.Name.Text].LastSuccessAt is not null;
}

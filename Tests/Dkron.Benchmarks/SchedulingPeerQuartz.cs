using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Dkron.Benchmarks;

/// <summary>Quartz.NET with its store in memory.</summary>
internal sealed class SchedulingPeerQuartz : ISchedulingPeer
{
    private static SchedulingLateness? _lateness;
    private readonly ServiceProvider _services;
    private readonly Task<IScheduler> _scheduler;

    public SchedulingPeerQuartz()
    {
        _services = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.None))
            .AddQuartz(quartz => quartz.UseDefaultThreadPool(64))
            .BuildServiceProvider();
        _scheduler = _services.GetRequiredService<ISchedulerFactory>().GetScheduler().AsTask();
    }

    public string Name => "Quartz.NET";

    public int MaxJobs => 100_000;

    public double MicrosecondsToSchedule => 100;

    public async Task ScheduleDailyAsync(int count)
    {
        var scheduler = await _scheduler;
        for (var i = 0; i < count; i++)
        {
            var trigger = TriggerBuilder.Create().WithCronSchedule(string.Create(CultureInfo.InvariantCulture, $"0 {i % 60} {i / 60 % 24} * * ?")).Build();
            await scheduler.ScheduleJob(JobBuilder.Create<NothingJob>().WithIdentity($"job-{i}").Build(), trigger);
        }
    }

    public async Task ScheduleOnceAsync(IReadOnlyList<DateTimeOffset> times, SchedulingLateness lateness)
    {
        _lateness = lateness;
        var scheduler = await _scheduler;
        for (var i = 0; i < times.Count; i++)
        {
            await scheduler.ScheduleJob(JobBuilder.Create<NothingJob>().WithIdentity($"job-{i}").Build(), TriggerBuilder.Create().StartAt(times[i]).Build());
        }
    }

    public async Task StartAsync() => await (await _scheduler).Start();

    public async ValueTask DisposeAsync()
    {
        await (await _scheduler).Shutdown();
        await _services.DisposeAsync();
    }

    private sealed class NothingJob : IJob
    {
        public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            _lateness?.Add(context.ScheduledFireTimeUtc ?? context.FireTimeUtc);
            return ValueTask.CompletedTask;
        }
    }
}

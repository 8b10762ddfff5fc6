using System.Globalization;
using Hangfire;
using Hangfire.InMemory;

namespace Dkron.Benchmarks;

/// <summary>Hangfire with its storage in memory.</summary>
internal sealed class SchedulingPeerHangfire : ISchedulingPeer
{
    private static SchedulingLateness? _lateness;
    private readonly InMemoryStorage _storage = new();
    private BackgroundJobServer? _server;

    public string Name => "Hangfire";

    public int MaxJobs => 100_000;

    public double MicrosecondsToSchedule => 300;

    public static void Nothing(long dueTicks)
    {
        _lateness?.Add(new DateTimeOffset(dueTicks, TimeSpan.Zero));
    }

    public Task ScheduleDailyAsync(int count)
    {
        var manager = new RecurringJobManager(_storage);
        for (var i = 0; i < count; i++)
        {
            manager.AddOrUpdate($"job-{i}", () => Nothing(0), string.Create(CultureInfo.InvariantCulture, $"{i % 60} {i / 60 % 24} * * *"));
        }

        return Task.CompletedTask;
    }

    public Task ScheduleOnceAsync(IReadOnlyList<DateTimeOffset> times, SchedulingLateness lateness)
    {
        _lateness = lateness;
        var client = new BackgroundJobClient(_storage);
        foreach (var at in times)
        {
            var ticks = at.UtcTicks;
            client.Schedule(() => Nothing(ticks), at);
        }

        return Task.CompletedTask;
    }

    public Task StartAsync()
    {
        _server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = 20, SchedulePollingInterval = TimeSpan.FromMilliseconds(50) }, _storage);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _server?.Dispose();
        _storage.Dispose();
        return ValueTask.CompletedTask;
    }
}

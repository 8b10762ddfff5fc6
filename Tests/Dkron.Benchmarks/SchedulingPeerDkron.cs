using System.Globalization;
using Dkron.Host.Scheduling;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dkron.Benchmarks;

/// <summary>The product's own scheduler.</summary>
internal sealed class SchedulingPeerDkron : ISchedulingPeer
{
    private readonly DueFirings _firings = new(TimeProvider.System, NullLogger<DueFirings>.Instance);
    private readonly CancellationTokenSource _stop = new();
    private ScheduledJob[] _made = [];
    private SchedulingLateness? _lateness;
    private Task _reader = Task.CompletedTask;

    public string Name => "Dkron";

    public int MaxJobs => 1_000_000;

    public double MicrosecondsToSchedule => 10;

    public void MakeDaily(int count) => _made = SchedulingJobs.Mixed(count, TimeProvider.System.GetUtcNow());

    public Task ScheduleDailyAsync(int count)
    {
        _firings.Set(_made);
        return Task.CompletedTask;
    }

    public Task ScheduleOnceAsync(IReadOnlyList<DateTimeOffset> times, SchedulingLateness lateness)
    {
        _lateness = lateness;
        var now = TimeProvider.System.GetUtcNow();
        _firings.Set([.. times.Select((at, i) => new ScheduledJob(SchedulingJobs.Create(i, "@at " + at.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffffK", CultureInfo.InvariantCulture), "UTC"), now))]);
        return Task.CompletedTask;
    }

    public Task StartAsync()
    {
        _reader = Task.Run(ReadAsync);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reader.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        await foreach (var firing in _firings.WaitAsync(_stop.Token))
        {
            _lateness?.Add(firing.DueAt);
        }
    }
}

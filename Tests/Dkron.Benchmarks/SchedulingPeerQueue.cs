namespace Dkron.Benchmarks;

/// <summary>A bare priority queue with one timer: the least that scheduling takes.</summary>
internal sealed class SchedulingPeerQueue : ISchedulingPeer
{
    private readonly PriorityQueue<(string Name, DateTimeOffset At), long> _queue = new();
    private readonly CancellationTokenSource _stop = new();
    private SchedulingLateness? _lateness;
    private Task _reader = Task.CompletedTask;

    public string Name => "bare PriorityQueue";

    public int MaxJobs => 1_000_000;

    public double MicrosecondsToSchedule => 10;

    public Task ScheduleDailyAsync(int count)
    {
        var now = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < count; i++)
        {
            var at = now.AddSeconds(3600 + (i % 80_000));
            _queue.Enqueue(($"job-{i}", at), at.UtcTicks);
        }

        return Task.CompletedTask;
    }

    public Task ScheduleOnceAsync(IReadOnlyList<DateTimeOffset> times, SchedulingLateness lateness)
    {
        _lateness = lateness;
        for (var i = 0; i < times.Count; i++)
        {
            _queue.Enqueue(($"job-{i}", times[i]), times[i].UtcTicks);
        }

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
        while (_queue.TryPeek(out var first, out _))
        {
            var wait = first.At - TimeProvider.System.GetUtcNow();
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait + TimeSpan.FromMilliseconds(1), TimeProvider.System, _stop.Token);
            }
            else
            {
                _queue.Dequeue();
                _lateness?.Add(first.At);
            }
        }
    }
}

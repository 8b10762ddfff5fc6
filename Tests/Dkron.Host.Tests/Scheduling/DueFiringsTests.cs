using Dkron.Host.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static Dkron.Host.Tests.Scheduling.ScheduledJobs;

namespace Dkron.Host.Tests.Scheduling;

public sealed class DueFiringsTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly FakeTimeProvider _time = new(Times.At("2026-03-01T00:00:00Z"));
    private readonly CancellationTokenSource _stop = new();
    private readonly DueFirings _firings;
#pragma warning disable CA2213 // It cannot be disposed while it waits; cancelling ends it.
    private readonly IAsyncEnumerator<Firing> _reader;
#pragma warning restore CA2213

    public DueFiringsTests()
    {
        _firings = new DueFirings(_time, NullLogger<DueFirings>.Instance);
        _reader = _firings.WaitAsync(_stop.Token).GetAsyncEnumerator(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_firing_comes_when_its_time_has_come()
    {
        _firings.Set([Scheduled("a", "@minutely")]);

        var waiting = _reader.MoveNextAsync().AsTask();
        var tooEarly = waiting.IsCompleted;
        await PassTimeUntilAsync(waiting, TimeSpan.FromMilliseconds(400));

        tooEarly.Should().BeFalse();
        _reader.Current.DueAt.Should().Be(Times.At("2026-03-01T00:01:00Z"));
        _time.GetUtcNow().Should().BeOnOrAfter(_reader.Current.DueAt);
    }

    [Fact]
    public async Task A_timer_that_lies_within_the_millisecond_is_not_too_early()
    {
        _time.Advance(TimeSpan.FromTicks(7));
        _firings.Set([Scheduled("a", "@at 2026-03-01T00:00:00.5001234Z")]);

        var waiting = _reader.MoveNextAsync().AsTask();
        await PassTimeUntilAsync(waiting, TimeSpan.FromTicks(7_003));

        _time.GetUtcNow().Should().BeOnOrAfter(_reader.Current.DueAt).And.BeBefore(_reader.Current.DueAt.AddSeconds(1));
    }

    [Fact]
    public async Task A_set_that_comes_while_waiting_takes_effect_at_once()
    {
        var waiting = _reader.MoveNextAsync().AsTask(); // for ever: there are no jobs
        _firings.Set([Scheduled("a", "@yearly"), Scheduled("b", "@every 5s")]);

        await PassTimeUntilAsync(waiting, TimeSpan.FromSeconds(1));

        _reader.Current.Job.Name.Text.Should().Be("b");
        _firings.NextOf("b").Should().Be(Times.At("2026-03-01T00:00:10Z"));
        _firings.NextOf("a").Should().Be(Times.At("2027-01-01T00:00:00Z"));
    }

    [Fact]
    public async Task A_job_that_is_added_alone_fires_and_one_that_is_removed_does_not()
    {
        _firings.Set([Scheduled("a", "@every 5s")]);
        var waiting = _reader.MoveNextAsync().AsTask();

        _firings.Add(Scheduled("b", "@every 7s"));
        var removed = _firings.Remove("a");
        await PassTimeUntilAsync(waiting, TimeSpan.FromSeconds(1));

        removed.Should().BeTrue();
        _reader.Current.Job.Name.Text.Should().Be("b");
        _firings.NextOf("a").Should().BeNull();
    }

    [Fact]
    public async Task All_that_a_job_missed_while_the_clock_jumped_forward_comes_as_one_and_the_job_goes_on_when_that_is_done()
    {
        _firings.Set([Scheduled("a", "@hourly"), Scheduled("b", "0 30 * * * *")]);
        var waiting = _reader.MoveNextAsync().AsTask();

        _time.AdjustTime(Times.At("2026-03-01T02:10:00Z")); // timers do not notice
        await PassTimeUntilAsync(waiting, TimeSpan.FromMilliseconds(100));
        var b = _reader.Current;
        (await _reader.MoveNextAsync()).Should().BeTrue();
        var a = _reader.Current;
        var next = _reader.MoveNextAsync().AsTask();
        _firings.Release(b);
        await PassTimeUntilAsync(next, TimeSpan.FromSeconds(20));

        $"{b.Job.Name} {b.DueAt:HH:mm}, {a.Job.Name} {a.DueAt:HH:mm}".Should().Be("b 00:30, a 01:00");
        b.Backlog!.Latest(9).Should().Equal(Times.At("2026-03-01T00:30:00Z"), Times.At("2026-03-01T01:30:00Z"));
        a.Backlog!.Latest(9).Should().Equal(Times.At("2026-03-01T01:00:00Z"), Times.At("2026-03-01T02:00:00Z"));
        _reader.Current.Should().Be(new Firing(b.Job, Times.At("2026-03-01T02:30:00Z")), "the other has not been released");
        _firings.NextOf("b").Should().Be(Times.At("2026-03-01T03:30:00Z"));
    }

    [Fact]
    public async Task A_clock_that_goes_back_fires_nothing_twice()
    {
        _firings.Set([Scheduled("a", "@minutely")]);
        await PassTimeUntilAsync(_reader.MoveNextAsync().AsTask(), TimeSpan.FromMilliseconds(500));

        var waiting = _reader.MoveNextAsync().AsTask();
        _time.AdjustTime(Times.At("2026-03-01T00:00:30Z"));
        await PassTimeUntilAsync(waiting, TimeSpan.FromMilliseconds(500));

        _reader.Current.DueAt.Should().Be(Times.At("2026-03-01T00:02:00Z"));
        _time.GetUtcNow().Should().BeOnOrAfter(_reader.Current.DueAt);
    }

    [Fact]
    public async Task A_clock_that_was_wrong_by_years_is_believed_once_it_is_right()
    {
        _time.AdjustTime(Times.At("2099-01-01T00:00:00Z"));
        _firings.Set([Scheduled("a", "@minutely"), Scheduled("b", "@at 2026-03-01T00:00:20Z")]);
        await PassTimeUntilAsync(_reader.MoveNextAsync().AsTask(), TimeSpan.FromMilliseconds(500));

        var waiting = _reader.MoveNextAsync().AsTask();
        _time.AdjustTime(Times.At("2026-03-01T00:00:10Z"));
        await PassTimeUntilAsync(waiting, TimeSpan.FromMilliseconds(500));

        _reader.Current.DueAt.Should().Be(Times.At("2026-03-01T00:00:20Z"));
        _firings.NextOf("a").Should().Be(Times.At("2026-03-01T00:01:00Z"));
    }

    [Fact]
    public async Task There_is_one_reader_at_a_time()
    {
        var waiting = _reader.MoveNextAsync().AsTask();

        await using var second = _firings.WaitAsync(_stop.Token).GetAsyncEnumerator(CancellationToken.None);
        var reading = async () => await second.MoveNextAsync();

        await reading.Should().ThrowAsync<InvalidOperationException>();
        waiting.IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_and_lets_another_reader_in()
    {
        var waiting = _reader.MoveNextAsync().AsTask();
        await _stop.CancelAsync();
        var cancelled = async () => await waiting;
        await cancelled.Should().ThrowAsync<OperationCanceledException>();

        _firings.Set([Scheduled("a", "@every 1s")]);
        await using var second = _firings.WaitAsync(CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
        await PassTimeUntilAsync(second.MoveNextAsync().AsTask(), TimeSpan.FromMilliseconds(500));

        second.Current.Job.Name.Text.Should().Be("a");
    }

    [Fact]
    public async Task Edits_from_many_threads_neither_lose_nor_repeat_a_firing()
    {
        const int Seconds = 100;
        var steady = Enumerable.Range(0, 50).Select(i => Scheduled($"steady-{i}", "* * * * * *")).ToArray();
        var restless = Enumerable.Range(0, 700).Select(i => Scheduled($"restless-{i}", i % 2 == 0 ? "* * * * * *" : "@every 3s")).ToArray();
        _firings.Set(steady);
        using var done = new CancellationTokenSource();
        var editors = Enumerable.Range(0, 3).Select(editor => Task.Run(() =>
        {
            var random = new Random(editor);
            while (!done.IsCancellationRequested)
            {
                var one = restless[random.Next(restless.Length)];
                switch (random.Next(4))
                {
                    case 0: _firings.Set([.. steady, .. restless.Take(random.Next(restless.Length))]); break;
                    case 1: _firings.Add(one); break;
                    case 2: _firings.Remove(one.Job.Name.Text); break;
                    default: _firings.NextOf(one.Job.Name.Text); break;
                }
            }
        })).ToArray();

        var taken = new List<Firing>();
        var end = _time.GetUtcNow().AddSeconds(Seconds);
        while (taken.Count == 0 || taken[^1].DueAt <= end)
        {
            await PassTimeUntilAsync(_reader.MoveNextAsync().AsTask(), TimeSpan.FromMilliseconds(700));
            taken.Add(_reader.Current);
        }

        await done.CancelAsync();
        await Task.WhenAll(editors);
        var expected = Enumerable.Range(1, Seconds).Select(i => end.AddSeconds(i - Seconds));
        steady.Should().AllSatisfy(job => taken.Where(f => ReferenceEquals(f.Job, job.Job) && f.DueAt <= end).Select(f => f.DueAt).Should().Equal(expected));
        taken.Zip(taken.Skip(1)).Should().NotContain(pair => pair.First.DueAt > pair.Second.DueAt);
    }

    [Fact]
    public void The_container_gives_one_source_of_firings_for_all()
    {
        using var services = new ServiceCollection().AddLogging().AddScheduling().BuildServiceProvider(validateScopes: true);

        var (one, other) = (services.GetRequiredService<DueFirings>(), services.GetRequiredService<DueFirings>());

        one.Should().BeSameAs(other);
    }

    /// <summary>Lets time pass in steps until a wait is over; the reader may need some steps to see that it is.</summary>
    private async Task PassTimeUntilAsync(Task waiting, TimeSpan step)
    {
        var limit = TimeProvider.System.GetTimestamp();
        while (!waiting.IsCompleted)
        {
            _time.Advance(step);
            await Task.WhenAny(waiting, Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System));
            TimeProvider.System.GetElapsedTime(limit).Should().BeLessThan(Limit);
        }

        await waiting;
    }
}

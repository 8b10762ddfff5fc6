using Dkron.Abstractions;
using Dkron.Host.Records;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Runs;

public sealed class RetryTests : IDisposable
{
    private readonly RunsFolder _folder = new();

    /// <summary>Waits between attempts pass only when a test says so.</summary>
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_pending_attempt_holds_up_nothing_and_survives_a_kill()
    {
        RunsHost.Write(_folder.Path, new
        {
            a = new { schedule = "@manually", command = """[ "$DKRON_ATTEMPT" = 2 ]""", shell = true, retries = 1, retry_backoff = "3s", concurrency = "forbid" },
            b = new { parent_job = "a", command = "true" },
            c = new { schedule = "@manually", command = "true" },
        });
        await using var killed = await RunsHost.StartAsync(_folder.Path, _time);
        var first = await killed.RunAsync("a");
        await Wait.Until(() => killed.Records.Find(first.Id)!.FollowAt is not null && killed.Records.Find(first.Id)!.IsProcessed);
        var other = await killed.RunAsync("c");
        await Wait.Until(() => killed.Records.Find(other.Id)!.IsProcessed);
        _folder.Kill();

        await using var host = await RunsHost.StartAsync(_folder.Path, _time);
        await PassUntil(() => host.Recorded.Any(one => one.JobName == "b" && one.Success));

        host.Recorded.Select(one => $"{one.JobName}.{one.Attempt} {one.Status}").Should().Equal("a.1 Failed", "c.1 Succeeded", "a.2 Succeeded", "b.1 Succeeded");
        var attempts = host.Recorded.Where(one => one.JobName == "a").ToList();
        attempts[0].IsFinalAttempt.Should().BeFalse();
        (attempts[1].StartedAt - attempts[0].FinishedAt).Should().BeGreaterThan(TimeSpan.FromSeconds(2.9));
        host.Records.Following().Should().BeEmpty();
    }

    [Fact]
    public async Task Children_survive_a_kill_between_their_parents_end_and_their_claim()
    {
        RunsHost.Write(_folder.Path, new { a = new { schedule = "@manually", command = "true" }, b = new { parent_job = "a", command = "true" }, c = new { parent_job = "a", command = "true" } });
        await using (var before = await RunsHost.StartAsync(_folder.Path))
        {
            // What a host leaves that was killed when the end of the parent and one child were on disk.
            var parent = SomeExecution(before.Records, "a", ExecutionTrigger.Schedule);
            await before.Records.ClaimAsync(parent, CancellationToken.None);
            var ended = parent with { Status = ExecutionStatus.Succeeded, ExitCode = 0 };
            await before.Records.FinishAsync(ended, Dkron.Host.Tests.Records.RecordsFolder.Result(ended), hasSteps: false, new Follow(ended.FinishedAt), CancellationToken.None);
            var child = SomeExecution(before.Records, "b", ExecutionTrigger.Parent) with { Group = parent.Group };
            await before.Records.ClaimAsync(child, CancellationToken.None);
            var done = child with { Status = ExecutionStatus.Succeeded, ExitCode = 0 };
            await before.Records.FinishAsync(done, Dkron.Host.Tests.Records.RecordsFolder.Result(done), hasSteps: false, new Follow(null), CancellationToken.None);
        }

        await using var host = await RunsHost.StartAsync(_folder.Path);
        await Wait.Until(() => host.Recorded.Any(one => one.JobName == "c" && one.Success));
        await host.Work.WhenIdleAsync();

        host.Recorded.Select(one => $"{one.JobName}.{one.Attempt} {one.Status}").Should().Equal("a.1 Succeeded", "b.1 Succeeded", "c.1 Succeeded");
    }

    [Fact]
    public async Task An_attempt_that_was_lost_with_its_host_is_followed_by_the_next()
    {
        RunsHost.Write(_folder.Path, new { a = new { schedule = "@manually", command = """[ "$DKRON_ATTEMPT" = 2 ] || exec sleep 600""", shell = true, retries = 1 } });
        await using var killed = await RunsHost.StartAsync(_folder.Path);
        var first = await killed.RunAsync("a");
        await Wait.Until(() => killed.Records.Find(first.Id)!.Process is not null);
        _folder.Kill();

        await using var host = await RunsHost.StartAsync(_folder.Path);
        await Wait.Until(() => host.Recorded.Any(one => one.Success));

        host.Recorded.Select(one => $"{one.JobName}.{one.Attempt} {one.Status}").Should().Equal("a.1 Lost", "a.2 Succeeded");
    }

    [Fact]
    public async Task A_job_that_is_edited_while_an_attempt_waits_runs_as_it_is_then_and_one_that_is_gone_does_not()
    {
        object Job(string command) => new { schedule = "@manually", command, retries = 1, retry_backoff = "2s" };
        RunsHost.Write(_folder.Path, new { a = Job("false"), b = Job("false") });
        await using var host = await RunsHost.StartAsync(_folder.Path, _time);
        await host.RunAsync("a");
        await host.RunAsync("b");
        await Wait.Until(() => host.Records.Following().Count(record => record.IsProcessed) == 2);

        RunsHost.Write(_folder.Path, new { a = Job("true") });
        (await host.Jobs.ReloadAsync(CancellationToken.None)).Should().BeEmpty();
        var idle = host.Work.WhenIdleAsync();
        await PassUntil(() => idle.IsCompleted);

        host.Recorded.Where(one => one.JobName == "a").Select(one => one.Status).Should().Equal(ExecutionStatus.Failed, ExecutionStatus.Succeeded);
        host.Recorded.Where(one => one.JobName == "b").Select(one => one.Status).Should().Equal(ExecutionStatus.Failed, ExecutionStatus.Skipped);
        host.Recorded.Single(one => one.Status == ExecutionStatus.Skipped).Error.Should().Contain("taken out of the settings");
    }

    private Task PassUntil(Func<bool> condition) => Wait.Until(() =>
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return condition();
    });

    private static ExecutionInfo SomeExecution(ExecutionRecords records, string job, ExecutionTrigger trigger) =>
        Dkron.Host.Tests.Records.RecordsFolder.Started(records, job) with { Trigger = trigger };
}

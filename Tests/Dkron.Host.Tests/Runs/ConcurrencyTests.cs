using Dkron.Abstractions;

namespace Dkron.Host.Tests.Runs;

public sealed class ConcurrencyTests : IDisposable
{
    private readonly RunsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_a_thousand_triggers_at_once_a_forbidding_job_runs_for_one_and_records_the_others_as_skipped()
    {
        RunsHost.Write(_folder.Path, new { a = new { schedule = "@manually", command = "sleep 600", concurrency = "forbid" } });
        await using var host = await RunsHost.StartAsync(_folder.Path);
        using var start = new ManualResetEventSlim();

        var triggers = Enumerable.Range(0, 20).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.Wait();
                return Task.WhenAll(Enumerable.Range(0, 50).Select(_ => host.RunAsync("a")).ToList());
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()).ToList();
        start.Set();
        var answers = (await Task.WhenAll(triggers)).SelectMany(some => some).ToList();

        answers.Where(answer => answer.Status != ExecutionStatus.Skipped).Should().ContainSingle();
        host.Recorded.Should().HaveCount(1000);
        host.Recorded.Where(one => one.Status == ExecutionStatus.Skipped).Should().HaveCount(999).And.OnlyContain(one => one.Error!.Contains("concurrency is forbid"));
        host.Executions.All.Should().ContainSingle();
        host.Executions.All[0].Stop("the test is over");
    }

    [Fact]
    public async Task A_third_one_replaces_the_one_that_waits_for_a_command_that_does_not_want_to_end()
    {
        RunsHost.Write(
            _folder.Path,
            new { a = new { schedule = "@manually", command = $"""trap "" TERM; touch {_folder.At("on")}; while [ ! -e {_folder.At("off")} ]; do sleep 0.1; done; echo done""", shell = true, concurrency = "replace" } });
        await using var host = await RunsHost.StartAsync(_folder.Path);

        var first = await host.RunAsync("a");
        await Wait.Until(() => File.Exists(_folder.At("on")));
        var second = await host.RunAsync("a");
        await Wait.Until(() => host.Executions.Find(first.Id)!.StopReason.Length > 0);
        var third = await host.RunAsync("a");
        await Wait.Until(() => host.Records.Find(second.Id)!.IsProcessed);
        var runningWhileTheFirstDies = host.Executions.All.Count(one => one.HasPlace);
        File.WriteAllText(_folder.At("off"), "");
        await host.Work.WhenIdleAsync();

        runningWhileTheFirstDies.Should().Be(1);
        var statuses = host.Recorded.Select(one => (one.Id, one.Status, one.Error)).ToList();
        statuses.Select(one => one.Id).Should().Equal(first.Id, second.Id, third.Id);
        statuses[1].Should().Be((second.Id, ExecutionStatus.Skipped, $"it was replaced by execution {third.Id}"));
        statuses[2].Status.Should().Be(ExecutionStatus.Succeeded);
    }

    [Fact]
    public async Task A_command_that_ignores_being_asked_to_end_is_killed_after_the_grace_and_then_the_new_one_runs()
    {
        RunsHost.Write(
            _folder.Path,
            new { a = new { schedule = "@manually", command = $"""if [ -e {_folder.At("on")} ]; then exit 0; fi; trap "" TERM; touch {_folder.At("on")}; while :; do sleep 0.1; done""", shell = true, concurrency = "replace", retries = 3 } },
            new { NodeName = "node-1", Execution = new { StopGrace = "00:00:00.3" } });
        await using var host = await RunsHost.StartAsync(_folder.Path);

        await host.RunAsync("a");
        await Wait.Until(() => File.Exists(_folder.At("on")));
        var second = await host.RunAsync("a");
        await host.Work.WhenIdleAsync();

        host.Recorded.Select(one => one.Status).Should().Equal(ExecutionStatus.Failed, ExecutionStatus.Succeeded);
        host.Recorded[0].Should().Match<ExecutionInfo>(one => one.Signal == 9 && one.IsFinalAttempt && one.Error!.StartsWith($"it was replaced by execution {second.Id}: "));
        host.Recorded[1].StartedAt.Should().BeOnOrAfter(host.Recorded[0].FinishedAt);
    }

    [Fact]
    public async Task More_commands_than_may_run_at_once_wait_for_their_turn_in_order_and_replacing_and_children_do_not_lock_up()
    {
        var jobs = Enumerable.Range(0, 12).ToDictionary(i => $"job-{i}", i => (object)new { schedule = "@manually", command = "sleep 0.05", concurrency = i % 2 == 0 ? "replace" : "allow" });
        jobs.Add("child", new { parent_job = "job-1", command = "true", concurrency = "replace" });
        RunsHost.Write(_folder.Path, jobs, new { NodeName = "node-1", MaxRunning = 2 });
        await using var host = await RunsHost.StartAsync(_folder.Path);

        var most = 0;
        for (var round = 0; round < 5; round++)
        {
            await Task.WhenAll(jobs.Keys.Where(name => name != "child").Select(name => host.RunAsync(name)).ToList());
            most = Math.Max(most, host.Executions.All.Count(one => one.HasPlace));
        }

        await host.Work.WhenIdleAsync();

        most.Should().BeInRange(1, 2);
        host.Executions.All.Should().BeEmpty();
        host.Recorded.Where(one => one.JobName == "job-1").Should().HaveCount(5).And.OnlyContain(one => one.Success);
        host.Recorded.Where(one => one.JobName == "child").Should().HaveCount(5);
        host.Recorded.Where(one => one.JobName == "job-2").Select(one => one.Success).Should().HaveCount(5).And.EndWith(true);
    }

    [Fact]
    public async Task What_cannot_get_a_place_within_its_starting_deadline_is_recorded_as_skipped()
    {
        RunsHost.Write(
            _folder.Path,
            new { a = new { schedule = "@manually", command = "sleep 600" }, b = new { schedule = "@manually", command = "true", starting_deadline = "1s" } },
            new { NodeName = "node-1", MaxRunning = 1 });
        await using var host = await RunsHost.StartAsync(_folder.Path);
        var a = await host.RunAsync("a");
        await Wait.Until(() => host.Executions.Find(a.Id)!.HasPlace);

        var b = await host.RunAsync("b");
        await Wait.Until(() => host.Records.Find(b.Id)!.IsProcessed);
        host.Executions.Find(a.Id)!.Stop("the test is over");

        host.Records.Find(b.Id)!.Info.Should().Match<ExecutionInfo>(one => one.Status == ExecutionStatus.Skipped && one.Error == "it could not start within 1s, its starting deadline: 1 others ran (Dkron:MaxRunning)");
    }
}

namespace Dkron.Acceptance.Tests;

public sealed class FiringTests
{
    [Fact]
    public async Task A_forbidding_job_runs_once_at_a_time_and_each_skip_is_recorded_with_its_reason()
    {
        await using var agent = await Agent.StartAsync(Agent.NewFolder(), """{ "Jobs": { "one": { "schedule": "@manually", "command": "sleep 600", "concurrency": "forbid" } } }""");
        (await agent.RunAsync("run", "one")).ExitCode.Should().Be(0);

        var refused = await agent.RunAsync("run", "one");
        var forced = await agent.RunAsync("run", "one", "--force");

        refused.ExitCode.Should().NotBe(0);
        refused.Stderr.Should().Contain("forbid");
        forced.ExitCode.Should().Be(0);
        var executions = await agent.ExecutionsAsync("one");
        executions.Select(e => e["status"]!.GetValue<string>()).Should().Equal("running", "skipped", "running");
        executions[1]["error"]!.GetValue<string>().Should().Contain("forbid");
        agent.Process.Signal("TERM");
        await Wait.Until(() => agent.Process.Stderr.Contains("Stopping", StringComparison.Ordinal));
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken); // a second signal within 300 ms counts as the first
        agent.Process.Signal("TERM");
        (await agent.Process.ExitAsync()).Should().Be(0);
    }

    [Fact]
    public async Task A_failed_attempt_is_followed_by_another_of_the_same_firing_until_one_succeeds()
    {
        var folder = Agent.NewFolder();
        await using var agent = await Agent.StartAsync(folder, $$"""
            {
              "Jobs": {
                "flaky": { "schedule": "@manually", "shell": true, "retries": 3, "command": "echo $DKRON_ATTEMPT; test $DKRON_ATTEMPT = 3", "processors": { "log": { "forward": true, "when": "final" } } },
                "child": { "parent_job": "flaky", "command": "echo after" }
              }
            }
            """);
        await agent.RunAsync("run", "flaky");

        await Wait.UntilAsync(async () => (await agent.ExecutionsAsync("child")).Any(e => e["status"]!.GetValue<string>() == "succeeded"), () => agent.Process.Stderr);

        var attempts = (await agent.ExecutionsAsync("flaky")).Reverse().ToList();
        attempts.Select(e => (e["attempt"]!.GetValue<int>(), e["status"]!.GetValue<string>())).Should().Equal((1, "failed"), (2, "failed"), (3, "succeeded"));
        attempts.Select(e => e["group"]!.ToJsonString()).Distinct().Should().ContainSingle();
        attempts.Select(e => e["processors"]![0]!["state"]!.GetValue<string>()).Should().Equal("skipped", "skipped", "succeeded");
        (await agent.ExecutionsAsync("child"))[0]["trigger"]!.GetValue<string>().Should().Be("parent");
    }

    [Fact]
    public async Task An_ephemeral_job_runs_until_its_first_success_also_when_the_host_is_started_again()
    {
        var folder = Agent.NewFolder();
        await using (var first = await Agent.StartAsync(folder, """{ "Jobs": { "once": { "schedule": "@every 1s", "command": "true", "ephemeral": true }, "beat": { "schedule": "@every 1s", "command": "true" } } }"""))
        {
            await Wait.UntilAsync(async () => (await first.ExecutionsAsync("beat")).Count >= 3, () => first.Process.Stderr);
            await first.StopAsync();
            await using var second = await Agent.StartAsync(folder, settings: null);
            var beats = (await second.ExecutionsAsync("beat")).Count;
            await Wait.UntilAsync(async () => (await second.ExecutionsAsync("beat")).Count >= beats + 2, () => second.Process.Stderr);

            (await second.ExecutionsAsync("once")).Should().ContainSingle();
            await second.StopAsync();
        }
    }

    [Fact]
    public async Task After_a_kill_what_ran_is_closed_as_lost_and_its_process_is_ended_and_its_processors_hear_of_it()
    {
        var folder = Agent.NewFolder();
        await using (var first = await Agent.StartAsync(folder, """{ "Jobs": { "long": { "schedule": "@manually", "command": "sleep 600", "concurrency": "forbid", "processors": { "log": { "forward": true, "when": "failure" } } }, "beat": { "schedule": "@manually", "command": "true" } } }"""))
        {
            await first.RunAsync("run", "long");
            var command = 0;
            await Wait.Until(() => (command = Processes.ChildrenOf(first.Process.Id).Select(p => p.Id).FirstOrDefault()) != 0);
            await first.RunJobAsync("beat"); // which process it is goes to disk with the next thing that is recorded
            first.Process.Signal("KILL");
            await first.Process.ExitAsync();
            await using var second = await Agent.StartAsync(folder, settings: null);

            await Wait.UntilAsync(async () => (await second.ExecutionsAsync("long"))[0]["processed"]!.GetValue<bool>(), () => second.Process.Stderr);

            var execution = (await second.ExecutionsAsync("long")).Should().ContainSingle().Subject;
            execution["status"]!.GetValue<string>().Should().Be("lost");
            execution["error"]!.GetValue<string>().Should().Contain($"{command}");
            execution["processors"]![0]!["state"]!.GetValue<string>().Should().Be("succeeded");
            Processes.InSession(command).Should().BeEmpty();
            (await second.RunAsync("run", "long")).ExitCode.Should().Be(0, "a dead record blocks nothing");
        }
    }

    [Fact]
    public async Task On_error_fail_makes_a_successful_command_a_failed_execution()
    {
        var folder = Agent.NewFolder();
        await using var agent = await Agent.StartAsync(folder, """
            {
              "Jobs": { "a": { "schedule": "@manually", "command": "echo kept", "processors": { "files": { "log_dir": "/proc/nowhere", "on_error": "fail", "retries": 0 }, "log": {} } } }
            }
            """);

        var execution = await agent.RunJobAsync("a");

        execution["status"]!.GetValue<string>().Should().Be("failed");
        execution["error"]!.GetValue<string>().Should().Contain("processor files").And.Contain("/proc/nowhere");
        execution["exit_code"]!.GetValue<int>().Should().Be(0);
        execution["output"]!.GetValue<string>().Should().Be("kept\n");
        execution["processors"]![1]!["state"]!.GetValue<string>().Should().Be("skipped");
    }

    [Fact]
    public async Task Secrets_of_the_environment_are_never_shown()
    {
        const string Secret = "hunter2-is-secret";
        await using var agent = await Agent.StartAsync(Agent.NewFolder(), $$"""{ "Jobs": { "a": { "schedule": "@manually", "command": "true", "env": { "PASSWORD": "{{Secret}}" } } } }""");
        await agent.RunJobAsync("a");

        var shown = new List<string> { agent.Process.Stderr, agent.Process.Stdout };
        foreach (var verb in new[] { "jobs", "executions", "plugins", "status", "validate" })
        {
            shown.Add((await agent.RunAsync(verb, "--json")).Stdout);
            shown.Add((await agent.RunAsync(verb)).Stdout);
        }

        shown.Should().NotContain(text => text.Contains(Secret, StringComparison.Ordinal));
    }
}

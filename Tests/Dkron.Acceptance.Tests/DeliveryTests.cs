using System.Text.Json.Nodes;
using Dkron.Host.Tests.Plugins;

namespace Dkron.Acceptance.Tests;

/// <summary>What happens to results whose processors do not work, are not there, or whose host is killed.</summary>
public sealed class DeliveryTests
{
    /// <summary>Sends when the folder <c>dir</c> holds a file <c>up</c>, and notes each call with its invocation and attempt in <c>calls</c>.</summary>
    private const string Sender = """
        [Delivery]
        public class TheProcessor : IExecutionProcessor
        {
            public ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken)
            {
                var dir = context.Config["dir"];
                System.IO.File.AppendAllText(System.IO.Path.Combine(dir, "calls"), context.InvocationId + " " + context.Attempt + " " + context.Output.ToString().Trim() + " " + context.Config.GetValueOrDefault("note", "-") + "\n");
                return new(System.IO.File.Exists(System.IO.Path.Combine(dir, "up")) ? ProcessorResult.WithOutput("sent:" + context.Output) : ProcessorResult.Retry(TimeSpan.Zero, "it is down"));
            }
        }
        """;

    [Theory]
    [InlineData("continue")]
    [InlineData("stop")]
    public async Task A_delivery_is_tried_again_after_kill_9_and_a_restart_with_the_same_invocation(string onError)
    {
        var folder = NewFolder();
        var settings = Settings(folder, $$"""{ "up": {}, "send": { "retries": 50, "retry_backoff": "100ms", "on_error": "{{onError}}" } }""");
        await using (var first = await Agent.StartAsync(folder, settings))
        {
            await first.RunAsync("run", "a");
            await Wait.Until(() => Calls(folder).Length >= 2, () => first.Process.Stderr);
            var waiting = (await first.JsonAsync("status"))["processing"]!;
            waiting["waiting_steps"]!.GetValue<int>().Should().Be(1);
            first.Process.Signal("KILL");
            await first.Process.ExitAsync();
            Move(folder, folder + ".kept");
        }

        Move(folder + ".kept", folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "up"), "", TestContext.Current.CancellationToken);
        await using var agent = await Agent.StartAsync(folder, settings);

        var execution = await WaitForAsync(agent, one => one["processed"]!.GetValue<bool>() && State(one, 1) == "succeeded");
        execution["output"]!.GetValue<string>().Should().Be("sent:UP in\n");
        execution["undelivered"]!.AsArray().Should().BeEmpty();
        var calls = Calls(folder).Select(line => line.Split(' ')).ToList();
        calls.Select(call => call[0]).Distinct().Should().ContainSingle().Which.Should().EndWith("/1");
        calls.Select(call => call[2] + call[3]).Should().AllBe("UPin");
        calls.Select(call => int.Parse(call[1], System.Globalization.CultureInfo.InvariantCulture)).Should().BeInAscendingOrder();
        (await agent.JsonAsync("status"))["processing"]!["waiting_steps"]!.GetValue<int>().Should().Be(0);
    }

    [Fact]
    public async Task What_is_given_up_is_listed_shown_and_tried_again_on_request()
    {
        var folder = NewFolder();
        await using var agent = await Agent.StartAsync(folder, Settings(folder, """{ "up": {}, "send": { "retries": 1, "retry_backoff": "50ms" }, "down": {} }"""));
        await agent.RunAsync("run", "a");
        await Wait.UntilAsync(async () => (await agent.JsonAsync("deadletters")).AsArray().Count == 1, () => agent.Process.Stderr);

        var letter = (await agent.JsonAsync("deadletters", "--job", "a")).AsArray().Should().ContainSingle().Subject!;
        (letter["tries"]!.GetValue<int>(), letter["reason"]!.GetValue<string>(), letter["processor"]!.GetValue<string>()).Should().Be((2, "it is down", "send"));
        var id = letter["execution"]!.GetValue<string>();
        (await agent.RunAsync("show", id)).Stdout.Should().Contain("step 2, send, was tried 2 times and given up");
        (await agent.JsonAsync("show", id))["output"]!.GetValue<string>().Should().Be("down:up in\n", "later steps got the output as it was");

        await File.WriteAllTextAsync(Path.Combine(folder, "up"), "", TestContext.Current.CancellationToken);
        var (exitCode, stdout, stderr) = await agent.RunAsync("reprocess", "--dead");

        (exitCode, stdout).Should().Be((0, "1 execution processed again\n"), stderr);
        var execution = await WaitForAsync(agent, one => State(one, 1) == "succeeded");
        execution["output"]!.GetValue<string>().Should().Be("down:up in\n", "a late success of a step that is not the last changes only its own outcome");
        Calls(folder)[^1].Should().Be($"{id}/1 3 UP in -");
        (await agent.JsonAsync("deadletters")).AsArray().Should().BeEmpty();
        (await agent.RunAsync("reprocess", id, "--step", "nope")).Should().Match<(int ExitCode, string, string Stderr)>(run => run.ExitCode == 1 && run.Stderr.Contains("has no step 'nope'"));
    }

    [Fact]
    public async Task After_a_kill_between_result_and_processing_with_a_processor_gone_meanwhile_nothing_is_lost()
    {
        // Given: a host that is killed when a result is on disk and its first processor hangs; the second one vanishes before the restart.
        var folder = NewFolder();
        Agent.AddPlugin(folder, "hangs", "new Func<string>(() => { new System.Threading.ManualResetEvent(false).WaitOne(); return \"\"; })()");
        var settings = Settings(folder, """{ "hangs": { "timeout": "1h" }, "send": { "note": "job" } }""");
        await using (var first = await Agent.StartAsync(folder, settings))
        {
            await first.RunAsync("run", "a");
            await Wait.UntilAsync(async () => (await first.JsonAsync("status"))["processing"]!["in_hand"]!.GetValue<int>() == 1, () => first.Process.Stderr);
            first.Process.Signal("KILL");
            await first.Process.ExitAsync();
            Move(folder, folder + ".kept");
        }

        Move(folder + ".kept", folder);
        var plugins = Path.Combine(folder, "plugins");
        Agent.AddPlugin(folder, "hangs", "\"fast \" + context.Output");
        Move(Path.Combine(plugins, "dkron-processor-send"), Path.Combine(folder, "elsewhere"));

        // When: it starts again, with the job gone from the settings too.
        await using var agent = await Agent.StartAsync(folder, $$"""{ "Dkron": { "Plugins": { "Folders": [ "plugins" ] } }, "Processors": { "send": { "dir": "{{folder}}" } } }""");
        var execution = await WaitForAsync(agent, one => one["processed"]!.GetValue<bool>());

        // Then
        execution["status"]!.GetValue<string>().Should().Be("succeeded");
        execution["output"]!.GetValue<string>().Should().Be("fast in\n");
        (State(execution, 0), State(execution, 1)).Should().Be(("succeeded", "unavailable"));
        execution["processors"]![1]!["error"]!.GetValue<string>().Should().Contain("not installed");
        var id = execution["id"]!.GetValue<string>();
        (await agent.RunAsync("show", id, "--raw")).Stdout.Should().EndWith("in\n");
        (await agent.JsonAsync("deadletters")).AsArray().Should().ContainSingle();

        // And when the plugin is back, it is given what it would have got.
        await File.WriteAllTextAsync(Path.Combine(folder, "up"), "", TestContext.Current.CancellationToken);
        Move(Path.Combine(folder, "elsewhere"), Path.Combine(plugins, "dkron-processor-send"));
        await agent.RunAsync("plugins", "reload");
        await Wait.UntilAsync(async () => (await agent.JsonAsync("plugins")).AsArray().Any(one => one!["name"]!.GetValue<string>() == "send" && one["state"]!.GetValue<string>() == "active"), () => agent.Process.Stderr);
        (await agent.RunAsync("reprocess", id, "--step", "send")).ExitCode.Should().Be(0, agent.Process.Stderr);
        execution = await WaitForAsync(agent, one => State(one, 1) == "succeeded");
        execution["output"]!.GetValue<string>().Should().Be("sent:fast in\n");
        Calls(folder).Should().Equal($"{id}/1 2 fast in job");

        // And all of it again, from what the command wrote.
        (await agent.RunAsync("reprocess", "--job", "a", "--since", "1h")).ExitCode.Should().Be(0, agent.Process.Stderr);
        await Wait.Until(() => Calls(folder).Length == 2, () => agent.Process.Stderr);
        Calls(folder)[1].Should().Be($"{id}/1 1 fast in job");
    }

    [Fact]
    public async Task What_follows_a_job_waits_for_a_step_that_may_still_make_a_failure_of_it_also_over_a_kill()
    {
        var folder = NewFolder();
        var settings = $$"""
            {
              "Dkron": { "Plugins": { "Folders": [ "plugins" ] } },
              "Processors": { "send": { "dir": "{{folder}}" } },
              "Jobs": {
                "a": { "schedule": "@manually", "command": "echo in", "processors": { "send": { "retries": 50, "retry_backoff": "100ms", "on_error": "fail" } } },
                "b": { "parent_job": "a", "command": "true" },
                "c": { "schedule": "@manually", "command": "echo in", "processors": { "send": { "retries": 1, "retry_backoff": "10ms", "on_error": "fail" } } },
                "d": { "parent_job": "c", "command": "true" }
              }
            }
            """;
        await using (var first = await Agent.StartAsync(folder, settings))
        {
            await first.RunAsync("run", "a");
            await first.RunAsync("run", "c");
            await Wait.UntilAsync(async () => (await first.ExecutionsAsync("c")).Single()["processed"]!.GetValue<bool>(), () => first.Process.Stderr);
            (await first.ExecutionsAsync("c")).Single()["status"]!.GetValue<string>().Should().Be("failed");
            (await first.ExecutionsAsync("a")).Single()["processed"]!.GetValue<bool>().Should().BeFalse();
            (await first.ExecutionsAsync("b")).Should().BeEmpty();
            first.Process.Signal("KILL");
            await first.Process.ExitAsync();
            Move(folder, folder + ".kept");
        }

        Move(folder + ".kept", folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "up"), "", TestContext.Current.CancellationToken);
        await using var agent = await Agent.StartAsync(folder, settings);

        await Wait.UntilAsync(async () => (await agent.ExecutionsAsync("b")) is [var child] && child["status"]!.GetValue<string>() == "succeeded", () => agent.Process.Stderr);
        (await agent.ExecutionsAsync("a")).Single()["status"]!.GetValue<string>().Should().Be("succeeded");
        (await agent.ExecutionsAsync("d")).Should().BeEmpty("its parent failed");
    }

    [Fact]
    public async Task A_processor_that_takes_nothing_never_stops_firing_and_every_result_reaches_it_in_the_end()
    {
        var folder = NewFolder();
        Agent.AddPlugin(folder, "slow", "new Func<string>(() => { while (!System.IO.File.Exists(System.IO.Path.Combine(context.Config[\"dir\"], \"up\"))) { System.Threading.Thread.Sleep(20); } return \"late \" + context.Execution.Id; })()");
        await using var agent = await Agent.StartAsync(folder, $$"""
            {
              "Dkron": { "Plugins": { "Folders": [ "plugins" ] }, "Processing": { "MaxExecutions": 2 } },
              "Processors": { "slow": { "dir": "{{folder}}", "timeout": "1h" } },
              "Jobs": { "a": { "schedule": "@every 1s", "command": "true", "processors": { "slow": {} } } }
            }
            """);
        JsonNode processing = null!;
        await Wait.UntilAsync(async () => (processing = (await agent.JsonAsync("status"))["processing"]!)["unfinished"]!.GetValue<int>() >= 6, () => agent.Process.Stderr);

        processing["in_hand"]!.GetValue<int>().Should().Be(2);
        processing["full_since"].Should().NotBeNull();
        agent.Process.Stderr.Split("Processors are slower than results come").Should().HaveCount(2, "it is told once");
        await File.WriteAllTextAsync(Path.Combine(folder, "up"), "", TestContext.Current.CancellationToken);
        await agent.StopAsync();
        await using var after = await Agent.StartAsync(folder, $$"""
            { "Dkron": { "Plugins": { "Folders": [ "plugins" ] } }, "Processors": { "slow": { "dir": "{{folder}}" } } }
            """);

        await Wait.UntilAsync(async () => (await after.ExecutionsAsync("a")).All(one => one["processed"]!.GetValue<bool>()), () => after.Process.Stderr);
        var executions = await after.ExecutionsAsync("a");
        executions.Count.Should().BeGreaterThanOrEqualTo(6);

        // One may have come due while the agent was stopping.
        var skipped = executions.Where(one => one["status"]!.GetValue<string>() == "skipped").ToList();
        skipped.Select(one => one["error"]!.GetValue<string>()).Should().NotContain(error => error != "the host was stopping");
        var ran = executions.Except(skipped).ToList();
        ran.Select(one => one["output"]!.GetValue<string>()).Should().Equal(ran.Select(one => $"late {one["id"]!.GetValue<string>()}"));
        (await after.RunAsync("records", "check")).ExitCode.Should().Be(0);
    }

    private static string NewFolder()
    {
        var folder = Agent.NewFolder();
        Agent.AddPlugin(folder, "up", "context.Output.ToString().ToUpperInvariant().Replace(\"IN\", \"in\")");
        Agent.AddPlugin(folder, "down", "\"down:\" + context.Output.ToString().ToLowerInvariant()");
        var target = Directory.CreateDirectory(Path.Combine(folder, "plugins", "dkron-processor-send")).FullName;
        File.WriteAllBytes(Path.Combine(target, "dkron-processor-send.dll"), PluginCompiler.Compile("dkron-processor-send", PluginCompiler.Header() + Sender));
        return folder;
    }

    private static string Settings(string folder, string processors) => $$"""
        {
          "Dkron": { "Plugins": { "Folders": [ "plugins" ] } },
          "Processors": { "send": { "dir": "{{folder}}" } },
          "Jobs": { "a": { "schedule": "@manually", "command": "echo {{(processors.Contains("\"up\"", StringComparison.Ordinal) ? "up " : "")}}in", "processors": {{processors}} } }
        }
        """;

    private static string[] Calls(string folder) => File.Exists(Path.Combine(folder, "calls")) ? File.ReadAllLines(Path.Combine(folder, "calls")) : [];

    private static string? State(JsonNode execution, int step) => execution["processors"]!.AsArray().ElementAtOrDefault(step)?["state"]!.GetValue<string>();

    private static void Move(string from, string to) => Directory.Move(from, to);

    private static async Task<JsonNode> WaitForAsync(Agent agent, Func<JsonNode, bool> condition)
    {
        JsonNode? found = null;
        await Wait.UntilAsync(
            async () => (found = (await agent.JsonAsync("executions", "--job", "a")).AsArray().SingleOrDefault()) is not null && condition(found),
            () => $"{found} {agent.Process.Stderr}");
        return found!;
    }
}

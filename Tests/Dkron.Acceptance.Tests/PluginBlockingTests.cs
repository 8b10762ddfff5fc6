namespace Dkron.Acceptance.Tests;

public sealed class PluginBlockingTests
{
    [Fact]
    public async Task A_plugin_that_blocks_in_every_call_of_a_job_that_fires_each_second_is_paused_and_the_others_and_the_log_are_left_in_peace()
    {
        var folder = Agent.NewFolder();
        Agent.AddPlugin(folder, "blocks", "new Func<string>(() => { new System.Threading.ManualResetEvent(false).WaitOne(); return \"\"; })()");
        Agent.AddPlugin(folder, "free", "\"free\"");
        await using var agent = await Agent.StartAsync(folder, """
            {
              "Dkron": { "Plugins": { "Folders": [ "plugins" ] }, "Processing": { "AbandonGrace": "00:00:00.100" } },
              "Jobs": {
                "stuck": { "schedule": "@every 1s", "command": "true", "processors": { "blocks": { "timeout": "200ms" } } },
                "fine": { "schedule": "@every 1s", "command": "true", "processors": { "free": {} } }
              }
            }
            """);

        await Wait.Until(() => agent.Process.Stderr.Contains("blocks is paused", StringComparison.Ordinal), () => agent.Process.Stderr);
        await Wait.UntilAsync(async () => States(await agent.ExecutionsAsync("stuck")).Count(state => state == "unavailable") >= 5, () => agent.Process.Stderr);

        agent.Process.Stderr.Should().Contain("because 3 calls did not end in their time and were abandoned");
        Count(agent, "blocks is paused").Should().Be(1);
        Count(agent, "was abandoned").Should().BeInRange(3, 10, "three were needed, and a few may have been on their way or have tried it again");
        Count(agent, "blocks").Should().BeLessThan(15, agent.Process.Stderr);
        var fine = (await agent.ExecutionsAsync("fine")).Where(execution => States([execution]) is not [""]).ToList();
        fine.Count.Should().BeGreaterThan(3);
        fine.Should().OnlyContain(execution => execution["output"]!.GetValue<string>() == "free");
        var plugin = (await agent.JsonAsync("plugins")).AsArray().Single(plugin => plugin!["name"]!.GetValue<string>() == "blocks")!;
        plugin["abandoned_calls"]!.GetValue<int>().Should().BeInRange(3, 10);
        (await agent.StopAsync()).Should().Be(0, agent.Process.Stderr);
    }

    private static int Count(Agent agent, string text) => agent.Process.Stderr.Split('\n').Count(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>How each execution's one step ended; empty when it has not.</summary>
    private static List<string> States(IReadOnlyList<System.Text.Json.Nodes.JsonNode> executions) =>
        [.. executions.Select(execution => execution["processors"] is System.Text.Json.Nodes.JsonArray { Count: 1 } steps ? steps[0]!["state"]!.GetValue<string>() : "")];
}

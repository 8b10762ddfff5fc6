namespace Dkron.Acceptance.Tests;

public sealed class PluginSwapTests
{
    private const string Settings = """
        {
          "Dkron": { "Plugins": { "Folders": [ "plugins" ] } },
          "Jobs": { "a": { "schedule": "@manually", "command": "true", "processors": { "told": {} } } }
        }
        """;

    [Fact]
    public async Task A_new_build_is_taken_while_the_agent_runs_a_bad_one_is_not_and_an_operator_goes_back()
    {
        var folder = Agent.NewFolder();
        Agent.AddPlugin(folder, "told", "\"one\"");
        await using var agent = await Agent.StartAsync(folder, Settings);
        (await OutputAsync(agent)).Should().Be("one");

        Agent.AddPlugin(folder, "told", "\"two\"");
        await Wait.UntilAsync(async () => await OutputAsync(agent) == "two", () => agent.Process.Stderr);
        await File.WriteAllTextAsync(Path.Combine(folder, "plugins", "dkron-processor-told", "dkron-processor-told.dll"), "no assembly", TestContext.Current.CancellationToken);
        var reload = await agent.RunAsync("plugins", "reload", "told");
        (await OutputAsync(agent)).Should().Be("two");
        reload.Stdout.Should().Contain("a newer build was refused");
        reload.ExitCode.Should().Be(1, "what lies there is not what runs");
        var back = await agent.JsonAsync("plugins", "rollback", "told");

        var active = back.AsArray().Single(plugin => plugin!["state"]!.GetValue<string>() == "active")!;
        active["error"].Should().BeNull();
        active["warnings"]!.AsArray().Select(warning => warning!.GetValue<string>()).Should().ContainMatch("the operator went back to this version*");
        (await OutputAsync(agent)).Should().Be("one");
        (await agent.RunAsync("plugins", "rollback", "nobody")).Stderr.Should().Contain("there is no plugin of that name");
        (await agent.StopAsync()).Should().Be(0, agent.Process.Stderr);
    }

    [Fact]
    public async Task Signal_HUP_looks_at_the_plugins_and_does_not_end_the_agent()
    {
        // Behind a link nothing gives an event, and the poll is an hour away: only the signal tells.
        var folder = Agent.NewFolder();
        var behind = Path.Combine(folder, "behind");
        Agent.AddPlugin(behind, "told", "\"one\"");
        Directory.CreateDirectory(Path.Combine(folder, "plugins"));
        Directory.CreateSymbolicLink(Path.Combine(folder, "plugins", "dkron-processor-told"), Path.Combine(behind, "plugins", "dkron-processor-told"));
        await using var agent = await Agent.StartAsync(folder, Settings, new Dictionary<string, string> { ["Dkron__Plugins__PollInterval"] = "01:00:00" });
        (await OutputAsync(agent)).Should().Be("one");
        Agent.AddPlugin(behind, "told", "\"two\"");

        agent.Process.Signal("HUP");

        await Wait.UntilAsync(async () => await OutputAsync(agent) == "two", () => agent.Process.Stderr);
        agent.Process.Stderr.Should().Contain("SIGHUP: looking at all plugins");
    }

    [Fact]
    public async Task After_a_restart_with_a_bad_build_the_last_good_one_is_used()
    {
        var folder = Agent.NewFolder();
        Agent.AddPlugin(folder, "told", "\"one\"");
        var first = await Agent.StartAsync(folder, Settings);
        (await first.StopAsync()).Should().Be(0, first.Process.Stderr);
        await first.Process.DisposeAsync();

        await File.WriteAllTextAsync(Path.Combine(folder, "plugins", "dkron-processor-told", "dkron-processor-told.dll"), "no assembly", TestContext.Current.CancellationToken);
        await using var agent = await Agent.StartAsync(folder, Settings);

        (await OutputAsync(agent)).Should().Be("one");
        agent.Process.Stderr.Should().Contain("runs its last good version 1.0.0");
    }

    private static async Task<string> OutputAsync(Agent agent) => (await agent.RunJobAsync("a"))["output"]!.GetValue<string>();
}

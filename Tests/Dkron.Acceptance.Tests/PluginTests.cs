namespace Dkron.Acceptance.Tests;

public sealed class PluginTests
{
    [Fact]
    public async Task A_broken_plugin_is_reported_once_and_everything_else_works()
    {
        var folder = Agent.NewFolder();
        Agent.AddPlugin(folder, "good", "\"good\"");
        Directory.CreateDirectory(Path.Combine(folder, "plugins", "dkron-processor-broken"));
        await File.WriteAllTextAsync(Path.Combine(folder, "plugins", "dkron-processor-broken", "dkron-processor-broken.dll"), "no assembly", TestContext.Current.CancellationToken);
        await using var agent = await Agent.StartAsync(folder, """
            {
              "Dkron": { "Plugins": { "Folders": [ "plugins" ] } },
              "Jobs": { "a": { "schedule": "@manually", "command": "echo in", "processors": { "broken": {}, "good": {} } } }
            }
            """);

        var execution = await agent.RunJobAsync("a");

        execution["output"]!.GetValue<string>().Should().Be("good");
        execution["processors"]![0]!["state"]!.GetValue<string>().Should().Be("unavailable");
        execution["processors"]![0]!["error"]!.GetValue<string>().Should().Contain("refused");
        agent.Process.Stderr.Split("broken.dll").Length.Should().BeGreaterThan(1);
        agent.Process.Stderr.Split('\n').Count(line => line.Contains("[ERR]", StringComparison.Ordinal)).Should().Be(1, agent.Process.Stderr);
    }

    [Fact]
    public async Task Two_plugins_with_different_versions_of_one_dependency_each_see_their_own()
    {
        var folder = Agent.NewFolder();
        foreach (var name in new[] { "json12", "json13" })
        {
            Copy(Host.Tests.Plugins.PluginCompiler.BuiltFolder($"dkron-processor-{name}"), Path.Combine(folder, "plugins", $"dkron-processor-{name}"));
        }

        await using var agent = await Agent.StartAsync(folder, """
            {
              "Dkron": { "Plugins": { "Folders": [ "plugins" ] } },
              "Jobs": {
                "twelve": { "schedule": "@manually", "command": "true", "processors": { "json12": {} } },
                "thirteen": { "schedule": "@manually", "command": "true", "processors": { "json13": {} } }
              }
            }
            """);

        var twelve = await agent.RunJobAsync("twelve");
        var thirteen = await agent.RunJobAsync("thirteen");

        twelve["output"]!.GetValue<string>().Should().StartWith("12.");
        thirteen["output"]!.GetValue<string>().Should().StartWith("13.");
    }

    [Fact]
    public async Task A_processor_that_blocks_its_thread_delays_nobody_else()
    {
        var folder = Agent.NewFolder();
        Agent.AddPlugin(folder, "blocks", "Block()+\"\"".Replace("Block()", "new Func<string>(() => { new System.Threading.ManualResetEvent(false).WaitOne(); return \"\"; })()", StringComparison.Ordinal));
        await using var agent = await Agent.StartAsync(folder, """
            {
              "Dkron": { "Plugins": { "Folders": [ "plugins" ] } },
              "Jobs": {
                "stuck": { "schedule": "@manually", "command": "true", "processors": { "blocks": { "timeout": "1s" } } },
                "free": { "schedule": "@manually", "command": "echo free", "processors": { "log": { "forward": true } } }
              }
            }
            """);
        for (var i = 0; i < 2; i++)
        {
            await agent.RunAsync("run", "stuck");
        }

        var free = await agent.RunJobAsync("free");

        free["processors"]![0]!["state"]!.GetValue<string>().Should().Be("succeeded");
        await Wait.UntilAsync(async () => (await agent.ExecutionsAsync("stuck")).All(e => e["processors"]!.AsArray().Any(p => p!["state"]!.GetValue<string>() == "timed_out")), () => agent.Process.Stderr);
        (await agent.ExecutionsAsync("stuck"))[0]["processors"]![0]!["error"]!.GetValue<string>().Should().Contain("abandoned");
        (await agent.StopAsync()).Should().Be(0, agent.Process.Stderr);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}

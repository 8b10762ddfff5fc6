using Dkron.Host.Tests.Plugins;

namespace Dkron.Acceptance.Tests;

public sealed class PluginCandidateTests
{
    [Fact]
    public async Task Settings_that_need_the_new_plugin_and_a_plugin_that_needs_the_new_settings_are_taken_together_settings_first()
    {
        var folder = Agent.NewFolder();
        Add(folder, "one", """Option("greeting")""");
        await using var agent = await Agent.StartAsync(folder, Settings("greeting"));
        (await OutputAsync(agent)).Should().Be("one greeting");

        await File.WriteAllTextAsync(agent.SettingsFile, Settings("salutation"), TestContext.Current.CancellationToken);
        await Wait.Until(() => agent.Process.Stderr.Contains("salutation", StringComparison.Ordinal), () => agent.Process.Stderr);
        (await OutputAsync(agent)).Should().Be("one greeting");
        Add(folder, "two", """Option("salutation", required: true)""");

        await Wait.UntilAsync(async () => await OutputAsync(agent) == "two salutation", () => agent.Process.Stderr);
        (await agent.JsonAsync("status"))["settings_problems"]!.AsArray().Should().BeEmpty();
        (await agent.StopAsync()).Should().Be(0, agent.Process.Stderr);
    }

    [Fact]
    public async Task Settings_that_need_the_new_plugin_and_a_plugin_that_needs_the_new_settings_are_taken_together_plugin_first()
    {
        var folder = Agent.NewFolder();
        Add(folder, "one", """Option("greeting")""");
        await using var agent = await Agent.StartAsync(folder, Settings("greeting"));

        Add(folder, "two", """Option("salutation", required: true)""");
        await Wait.Until(() => agent.Process.Stderr.Contains("does not fit the jobs", StringComparison.Ordinal), () => agent.Process.Stderr);
        (await OutputAsync(agent)).Should().Be("one greeting");
        await File.WriteAllTextAsync(agent.SettingsFile, Settings("salutation"), TestContext.Current.CancellationToken);

        await Wait.UntilAsync(async () => await OutputAsync(agent) == "two salutation", () => agent.Process.Stderr);
        (await agent.JsonAsync("plugins")).AsArray().Where(plugin => plugin!["name"]!.GetValue<string>() == "picky" && plugin["state"]!.GetValue<string>() == "active")
            .Should().ContainSingle().Which!["warnings"]!.AsArray().Should().BeEmpty();
        (await agent.StopAsync()).Should().Be(0, agent.Process.Stderr);
    }

    private static void Add(string folder, string version, string options)
    {
        var source = PluginCompiler.Processor(
            $"\"{version} \" + string.Join(' ', context.Config.Keys)",
            $$"""
            public IReadOnlyList<ProcessorOption> Options => [{{options}}];
            static ProcessorOption Option(string name, bool required = false) => new() { Name = name, Type = OptionType.Text, Description = "", Required = required };
            """,
            "IExecutionProcessor, IDeclareOptions");
        var target = Directory.CreateDirectory(Path.Combine(folder, "plugins", "dkron-processor-picky")).FullName;
        File.WriteAllBytes(Path.Combine(target, "dkron-processor-picky.dll"), PluginCompiler.Compile("dkron-processor-picky", PluginCompiler.Header() + source));
    }

    private static string Settings(string option) => $$"""
        {
          "Dkron": { "Plugins": { "Folders": [ "plugins" ] } },
          "Jobs": { "a": { "schedule": "@manually", "command": "true", "processors": { "picky": { "{{option}}": "x" } } } }
        }
        """;

    private static async Task<string> OutputAsync(Agent agent) => (await agent.RunJobAsync("a"))["output"]!.GetValue<string>();
}

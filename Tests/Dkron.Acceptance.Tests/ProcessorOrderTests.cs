using System.Text.Json.Nodes;

namespace Dkron.Acceptance.Tests;

public sealed class ProcessorOrderTests
{
    [Fact]
    public async Task Processors_are_called_in_the_order_of_the_file_also_with_an_override_and_after_an_edit()
    {
        var folder = Agent.NewFolder();
        foreach (var name in new[] { "zeta", "alpha", "10" })
        {
            Agent.AddPlugin(folder, name, $$"""context.Output.ToString().Trim() + "|{{name}}=" + context.Config["v"]""");
        }

        var overriding = new Dictionary<string, string> { ["Jobs__order__processors__alpha__v"] = "overridden" };
        await using var agent = await Agent.StartAsync(folder, Settings("""{ "zeta": { "v": true }, "alpha": { "v": 1 }, "10": { "v": 1.50 } }"""), overriding);

        var before = await agent.RunJobAsync("order");
        await File.WriteAllTextAsync(agent.SettingsFile, Settings("""{ "10": { "v": "x" }, "alpha": { "v": 2 }, "zeta": { "v": false } }"""), TestContext.Current.CancellationToken);
        await Wait.UntilAsync(async () => Names(await agent.JsonAsync("jobs")).SequenceEqual(["10", "alpha", "zeta"]), () => agent.Process.Stderr);
        var after = await agent.RunJobAsync("order");

        before["output"]!.GetValue<string>().Should().Be("in|zeta=true|alpha=overridden|10=1.50");
        after["output"]!.GetValue<string>().Should().Be("in|10=x|alpha=overridden|zeta=false");
    }

    private static string Settings(string processors) => $$"""
        {
          "Dkron": { "Plugins": { "Folders": [ "plugins" ] } },
          "Jobs": { "order": { "schedule": "@manually", "command": "echo in", "processors": {{processors}} } }
        }
        """;

    private static IEnumerable<string> Names(JsonNode jobs) => jobs[0]!["processors"] switch
    {
        JsonObject steps => steps.Select(step => step.Key),
        JsonArray steps => steps.Select(step => step!["name"]!.GetValue<string>()),
        _ => [],
    };
}

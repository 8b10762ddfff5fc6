using System.Text.Json.Nodes;

namespace Dkron.Acceptance.Tests;

public sealed class SettingsEditTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_half_saved_file_changes_nothing_and_the_next_good_save_takes_effect(bool byRename)
    {
        await using var agent = await Agent.StartAsync(Agent.NewFolder(), Settings("one"));

        Save(agent.SettingsFile, Settings("two")[..60], byRename);
        await Wait.Until(() => agent.Process.Stderr.Contains("[ERR]", StringComparison.Ordinal), () => agent.Process.Stderr);
        var whileBad = await JobNames(agent);
        var status = await agent.JsonAsync("status");
        Save(agent.SettingsFile, Settings("two"), byRename);
        await Wait.UntilAsync(async () => await JobNames(agent) == "two", () => agent.Process.Stderr);

        whileBad.Should().Be("one");
        status["settings_problems"]!.AsArray().Should().NotBeEmpty();
        agent.Process.Stderr.Split("[ERR]").Should().HaveCount(2, "the bad file is reported once");
    }

    [Fact]
    public async Task A_deleted_file_changes_nothing()
    {
        await using var agent = await Agent.StartAsync(Agent.NewFolder(), Settings("one"));

        File.Delete(agent.SettingsFile);
        await Wait.Until(() => agent.Process.Stderr.Contains("[ERR]", StringComparison.Ordinal), () => agent.Process.Stderr);
        var whileGone = Names(await agent.AskAsync("/v1/jobs"));
        await File.WriteAllTextAsync(agent.SettingsFile, Settings("two"), TestContext.Current.CancellationToken);
        await Wait.UntilAsync(async () => await JobNames(agent) == "two", () => agent.Process.Stderr);

        whileGone.Should().Be("one");
    }

    [Fact]
    public async Task A_restart_without_the_file_runs_the_last_good_jobs_and_says_so()
    {
        var folder = Agent.NewFolder();
        await using var first = await Agent.StartAsync(folder, Settings("one"));
        (await first.StopAsync()).Should().Be(0, first.Process.Stderr);
        File.Delete(first.SettingsFile);

        await using var second = await Agent.StartAsync(folder, settings: null);
        var jobs = await second.AskAsync("/v1/jobs");

        Names(jobs).Should().Be("one");
        second.Process.Stderr.Should().Contain("STARTED FROM THE LAST GOOD SETTINGS").And.Contain("does not exist");
    }

    [Fact]
    public async Task A_restart_with_a_bad_file_runs_the_last_good_jobs_and_says_so()
    {
        var folder = Agent.NewFolder();
        await using (var first = await Agent.StartAsync(folder, Settings("one")))
        {
            (await first.StopAsync()).Should().Be(0, first.Process.Stderr);
            await File.WriteAllTextAsync(first.SettingsFile, "{ \"Jobs\": { \"one\": ", TestContext.Current.CancellationToken);
            await using var second = await Agent.StartAsync(folder, settings: null);

            var execution = await second.RunJobAsync("one");

            execution["output"]!.GetValue<string>().Should().Be("one\n");
            second.Process.Stderr.Should().Contain("STARTED FROM THE LAST GOOD SETTINGS");
            (await second.RunAsync("validate")).ExitCode.Should().Be(2);
            (await second.StopAsync()).Should().Be(0);
        }
    }

    [Fact]
    public async Task A_log_that_cannot_be_made_ends_validate_and_the_agent_with_2_and_names_it()
    {
        var settings = """{ "Serilog": { "MinimumLevel": "Loud" }, "Jobs": { "a": { "schedule": "@daily", "command": "true" } } }""";
        await using var agent = await Agent.StartAsync(Agent.NewFolder(), settings, waitUntilReady: false);
        (await agent.Process.ExitAsync()).Should().Be(2);
        agent.Process.Stderr.Should().Contain("Serilog").And.Contain("Loud");

        var text = await agent.RunAsync("validate");
        var json = await agent.RunAsync("validate", "--json");

        (text.ExitCode, json.ExitCode).Should().Be((2, 2));
        text.Stderr.Should().Contain("Serilog").And.Contain("Loud");
        JsonNode.Parse(json.Stdout)!["problems"]![0]!["key"]!.GetValue<string>().Should().Be("Serilog");
    }

    [Fact]
    public async Task A_bad_file_without_any_good_one_before_ends_with_2_and_all_problems()
    {
        var settings = """{ "Jobs": { "a": { "schedule": "nonsense", "command": "true" }, "b": { "schedul": "@daily", "command": "true" } } }""";
        await using var agent = await Agent.StartAsync(Agent.NewFolder(), settings, waitUntilReady: false);

        (await agent.Process.ExitAsync()).Should().Be(2);

        agent.Process.Stderr.Should().Contain("job 'a'").And.Contain("nonsense").And.Contain("job 'b'").And.Contain("did you mean 'schedule'");
    }

    private static void Save(string file, string text, bool byRename)
    {
        if (byRename)
        {
            File.WriteAllText(file + ".new", text);
            File.Move(file + ".new", file, overwrite: true);
        }
        else
        {
            File.WriteAllText(file, text);
        }
    }

    private static string Settings(string job) => $$"""{ "Jobs": { "{{job}}": { "schedule": "@manually", "command": "echo {{job}}", "displayname": "a name that makes the file long enough to be cut" } } }""";

    private static async Task<string> JobNames(Agent agent) => Names(await agent.JsonAsync("jobs"));

    private static string Names(JsonNode jobs) => string.Join(' ', jobs.AsArray().Select(job => job!["name"]!.GetValue<string>()));
}

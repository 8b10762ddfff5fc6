namespace Dkron.Acceptance.Tests;

public sealed class ExampleTests
{
    private const string Example = """
        {
          "Jobs": [
            {
              "name": "job_name",
              "command": "/bin/true",
              "schedule": "@every 2m",
              "tags": { "role": "web" },
              "processors": { "files": { "forward": true } }
            }
          ]
        }
        """;

    [Fact]
    public async Task The_example_of_a_Dkron_job_document_works_as_it_stands()
    {
        var folder = Agent.NewFolder();
        await using var agent = await Agent.StartAsync(folder, Example, new Dictionary<string, string> { ["Processors__files__log_dir"] = Path.Combine(folder, "logs") });

        var execution = await agent.RunJobAsync("job_name");

        execution["status"]!.GetValue<string>().Should().Be("succeeded");
        execution["exit_code"]!.GetValue<int>().Should().Be(0);
        execution["processors"]!.AsArray().Should().ContainSingle().Which!["state"]!.GetValue<string>().Should().Be("succeeded");
        Directory.GetFiles(Path.Combine(folder, "logs")).Should().ContainSingle();
        (await agent.RunAsync("validate")).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task The_settings_of_the_repository_run_without_root_and_write_only_below_the_data_directory()
    {
        var folder = Agent.NewFolder();
        File.Copy(Path.Combine(Repository.Folder, "Dkron.Host", "appsettings.json"), Path.Combine(folder, "settings.json"));

        await using var agent = await Agent.StartAsync(folder, settings: null);
        await Wait.UntilAsync(async () => (await agent.JsonAsync("executions", "--limit", "1000")).AsArray().Select(e => e!["job_name"]!.GetValue<string>()).Distinct().Count() >= 3, () => agent.Process.Stderr);

        await Wait.Until(() => agent.Process.Stdout.Contains("BEGIN job=load", StringComparison.Ordinal), () => agent.Process.Stderr);
        Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Should().BeEquivalentTo("settings.json", "data");
        (await agent.StopAsync()).Should().Be(0);
    }
}

using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Dkron.Acceptance.Tests;

public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Repository.Folder, "README.md"));

    [Fact]
    public async Task The_first_processor_of_the_readme_builds_and_works()
    {
        var folder = Agent.NewFolder();
        var project = Directory.CreateDirectory(Path.Combine(folder, "shout")).FullName;
        await File.WriteAllTextAsync(Path.Combine(project, "dkron-processor-shout.csproj"), Block("xml").Replace("../dkron", Repository.Folder, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(project, "ShoutProcessor.cs"), Block("csharp"), TestContext.Current.CancellationToken);
        var plugin = Path.Combine(folder, "plugins", "dkron-processor-shout");

        await using (var build = Launched.Start("dotnet", ["build", "-c", "Release", "-o", plugin, "--disable-build-servers"], project))
        {
            (await build.ExitAsync(TimeSpan.FromMinutes(10))).Should().Be(0, build.Stdout + build.Stderr);
        }

        await using var agent = await Agent.StartAsync(folder, """
            {
              "Dkron": { "Plugins": { "Folders": [ "plugins" ] } },
              "Jobs": { "a": { "schedule": "@manually", "command": "echo hello", "processors": { "shout": {} } } }
            }
            """);
        (await agent.RunJobAsync("a"))["output"]!.GetValue<string>().Should().Be("HELLO\n");
        agent.Process.Stderr.Should().Contain("a wrote 6 bytes");
    }

    [Fact]
    public async Task The_job_of_the_readme_is_valid()
    {
        var folder = Agent.NewFolder();
        await using var agent = await Agent.StartAsync(folder, Block("json"), new Dictionary<string, string> { ["Processors__files__log_dir"] = folder });

        var jobs = await agent.JsonAsync("jobs");

        jobs.AsArray().Should().ContainSingle().Which!["processors"]!.As<JsonObject>().Select(step => step.Key).Should().Equal("files", "syslog");
    }

    private static string Block(string language) => Blocks().Matches(Readme).First(match => match.Groups[1].Value == language).Groups[2].Value;

    [GeneratedRegex(@"```(\w+)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}

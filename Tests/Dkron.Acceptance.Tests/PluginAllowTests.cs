using System.Security.Cryptography;
using System.Text;

namespace Dkron.Acceptance.Tests;

public sealed class PluginAllowTests
{
    [Fact]
    public async Task What_plugins_hash_prints_is_what_the_list_of_allowed_builds_takes_and_another_build_is_refused()
    {
        var folder = Agent.NewFolder();
        Agent.AddPlugin(folder, "listed", "\"one\"");
        var plugin = Path.Combine(folder, "plugins", "dkron-processor-listed");
        var (exitCode, stdout, stderr) = await HashAsync(folder, plugin);
        exitCode.Should().Be(0, stderr);
        stdout.Trim().Should().Be(await ExpectedAsync(Path.Combine(plugin, "dkron-processor-listed.dll")));
        await using var agent = await Agent.StartAsync(folder, $$"""
            {
              "Dkron": { "Plugins": { "Folders": [ "plugins" ], "Allow": { "listed": "{{stdout.Trim()}}" } } },
              "Jobs": { "a": { "schedule": "@manually", "command": "true", "processors": { "listed": {} } } }
            }
            """);
        (await agent.RunJobAsync("a"))["output"]!.GetValue<string>().Should().Be("one");

        Agent.AddPlugin(folder, "listed", "\"two\"");
        var reload = await agent.RunAsync("plugins", "reload", "listed");

        var other = (await HashAsync(folder, plugin)).Stdout.Trim();
        reload.Stdout.Should().Contain("is not on the list Dkron:Plugins:Allow").And.Contain($"add {other} to Dkron:Plugins:Allow:listed");
        (await agent.RunJobAsync("a"))["output"]!.GetValue<string>().Should().Be("one");
    }

    [Theory]
    [InlineData("nowhere", "nowhere is not there")]
    [InlineData(".", "is no plugin")]
    public async Task What_is_no_plugin_has_no_hash(string path, string message)
    {
        var folder = Agent.NewFolder();

        // A temporary folder itself may by chance be called like a plugin.
        var called = Directory.CreateDirectory(Path.Combine(folder, "folder")).FullName;

        var (exitCode, stdout, stderr) = await HashAsync(called, path);

        exitCode.Should().NotBe(0);
        stdout.Should().BeEmpty();
        stderr.Should().Contain(message);
        Directory.Delete(folder, recursive: true);
    }

    // As README-operators.md says: SHA-256 over a line of path, length and SHA-256 for each file.
    private static async Task<string> ExpectedAsync(string file)
    {
        var content = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        var line = $"{Path.GetFileName(file)}\0{content.Length}\0{Convert.ToHexStringLower(SHA256.HashData(content))}\n";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)));
    }

    private static async Task<(int ExitCode, string Stdout, string Stderr)> HashAsync(string folder, string path)
    {
        await using var process = Launched.Start(Repository.Dkron, ["plugins", "hash", path], folder);
        return (await process.ExitAsync(), process.Stdout, process.Stderr);
    }
}

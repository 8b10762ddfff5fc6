namespace Dkron.Acceptance.Tests;

/// <summary>The names that the template makes of a name. That what it makes builds and passes is seen by <see cref="TutorialTests"/>.</summary>
public sealed class TemplateTests(TemplateTests.Installed template) : IClassFixture<TemplateTests.Installed>
{
    [Theory]
    [InlineData("mail", "mail", "Mail")]
    [InlineData("My Mail.X", "my-mail-x", "MyMailX")]
    [InlineData("dkron-processor-Mail", "mail", "Mail")]
    [InlineData("--9Lives_", "9lives", "P9Lives")]
    public async Task A_name_becomes_one_that_a_plugin_can_bear(string name, string plugin, string type)
    {
        var folder = Path.Combine(template.Folder, plugin + name.Length);

        await template.RunAsync("dkron-processor", $"--name={name}", "--output", folder);

        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Where(file => file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith("proj", StringComparison.Ordinal));
        files.Should().BeEquivalentTo(
            $"dkron-processor-{plugin}/dkron-processor-{plugin}.csproj", $"dkron-processor-{plugin}/{type}Processor.cs",
            $"dkron-processor-{plugin}.Tests/dkron-processor-{plugin}.Tests.csproj", $"dkron-processor-{plugin}.Tests/{type}ProcessorTests.cs");
        (await File.ReadAllTextAsync(Path.Combine(folder, $"dkron-processor-{plugin}", $"{type}Processor.cs"), TestContext.Current.CancellationToken)).Should().Contain($"namespace Dkron.Processors.{type};").And.Contain($"class {type}Processor ");
        (await File.ReadAllTextAsync(Path.Combine(folder, "appsettings.sample.json"), TestContext.Current.CancellationToken)).Should().Contain($"\"{plugin}\": {{");
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(File.ReadAllText).Should().NotContain(text => text.Contains("PLUGIN_", StringComparison.Ordinal) || text.Contains("PluginClass", StringComparison.Ordinal));
    }

    /// <summary>The template, installed into a folder of its own.</summary>
    public sealed class Installed : IAsyncLifetime
    {
        public string Folder { get; } = Agent.NewFolder();

        public async ValueTask InitializeAsync() => await RunAsync("install", Path.Combine(Repository.Folder, "Dkron.Abstractions", "Templates", "content", "dkron-processor"));

        public async Task RunAsync(params string[] arguments)
        {
            await using var dotnet = Launched.Start("dotnet", ["new", .. arguments, "--debug:custom-hive", Path.Combine(Folder, "hive")], Folder, new Dictionary<string, string> { ["DOTNET_CLI_HOME"] = Path.Combine(Folder, "home"), ["DOTNET_NOLOGO"] = "1" });
            (await dotnet.ExitAsync(TimeSpan.FromMinutes(5))).Should().Be(0, dotnet.Stdout + dotnet.Stderr);
        }

        public ValueTask DisposeAsync()
        {
            Directory.Delete(Folder, recursive: true);
            return default;
        }
    }
}

using System.Text.Json;
using Dkron.Host.Api;
using Dkron.Host.Plugins;
using Dkron.Host.Tests.Api;
using Dkron.Host.Tests.Cli;
using Dkron.Host.Tests.Plugins;

namespace Dkron.Host.Tests.Authoring;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PluginInstallTests : IAsyncDisposable
{
    private readonly PluginWorkbench _stage = new();
    private readonly TempFolder _folder = new();
    private readonly SomeCli _cli;

    public PluginInstallTests() => _cli = Cli(_folder.Path);

    private string First => Path.Combine(_folder.Path, "first");

    private string Second => Path.Combine(_folder.Path, "second");

    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        await _stage.DisposeAsync();
    }

    [Fact]
    public async Task A_good_plugin_lies_whole_in_the_first_folder_and_nothing_else_does()
    {
        var source = _stage.AddGood("fresh");
        Directory.CreateDirectory(Path.Combine(source, "de"));
        await File.WriteAllTextAsync(Path.Combine(source, "de", "text.txt"), "Hallo", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(Path.Combine(source, "de", "text.txt"), (UnixFileMode)0b110_110_110);

        var run = await _cli.RunAsync("plugins", "install", source);

        var place = Path.Combine(First, "dkron-processor-fresh");
        run.Should().Be(new CliRun(0, $"installed fresh 1.0.0 in {place}\nno agent runs; it is used from the next start on\n", ""));
        Directory.EnumerateFileSystemEntries(First).Should().Equal(place);
        TreeHash.Of(PluginSource.At(place)).Should().Be(TreeHash.Of(PluginSource.At(source)));
        File.GetUnixFileMode(Path.Combine(place, "de", "text.txt")).Should().Be((UnixFileMode)0b110_100_100);
    }

    [Fact]
    public async Task A_new_build_takes_the_place_of_the_one_before_where_that_lies()
    {
        _stage.AddGood("known", "old", Directory.CreateDirectory(Second).FullName);
        var source = _stage.AddGood("known", "new");

        var run = await _cli.RunAsync("plugins", "install", source, "--json");

        using var document = JsonDocument.Parse(run.Output);
        document.RootElement.GetProperty("replaced").GetBoolean().Should().BeTrue();
        document.RootElement.GetProperty("location").GetString().Should().Be(Path.Combine(Second, "dkron-processor-known"));
        TreeHash.Of(PluginSource.At(Path.Combine(Second, "dkron-processor-known"))).Should().Be(TreeHash.Of(PluginSource.At(source)));
        Directory.EnumerateFileSystemEntries(Second).Should().ContainSingle();
        Directory.Exists(First).Should().BeFalse();
    }

    [Fact]
    public async Task While_it_is_replaced_a_reader_sees_one_build_or_the_other_and_never_none()
    {
        var place = Path.Combine(First, "dkron-processor-busy", "dkron-processor-busy.dll");
        byte[][] images = [PluginWorkbench.Image("busy", "one"), PluginWorkbench.Image("busy", "two")];
        _stage.AddImage("busy", images[0], Directory.CreateDirectory(First).FullName);
        using var enough = new CancellationTokenSource();
        var reading = Task.Run(() =>
        {
            var seen = new HashSet<string>();
            while (!enough.IsCancellationRequested)
            {
                try
                {
                    var read = File.ReadAllBytes(place);
                    seen.Add(images.Any(image => image.AsSpan().SequenceEqual(read)) ? "whole" : "half");
                }
                catch (IOException)
                {
                    seen.Add("none");
                }
            }

            return seen;
        });

        foreach (var image in images.Reverse().Concat(images))
        {
            Host.Authoring.PluginFolderSwap.Lay(PluginSource.At(_stage.AddImage("busy", image)), First);
        }

        await enough.CancelAsync();
        (await reading).Should().BeSubsetOf(["whole"]);
    }

    [Fact]
    public async Task A_bad_plugin_is_not_installed()
    {
        var source = _stage.AddImage("bad", [1, 2, 3]);

        var run = await _cli.RunAsync("plugins", "install", source);

        (run.ExitCode, run.Output).Should().Be((1, ""));
        run.Error.Should().StartWith($"dkron: {source} is not installed, since it would be refused: dkron-processor-bad.dll is damaged");
        Directory.Exists(First).Should().BeFalse();
    }

    [Fact]
    public async Task Where_nothing_can_be_written_that_is_said()
    {
        var file = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        var cli = new SomeCli(_folder.Path) { Plugins = new PluginOptions { Folders = [Path.Combine(file, "plugins")] } };

        var run = await cli.RunAsync("plugins", "install", _stage.AddGood("fresh"));

        (run.ExitCode, run.Output).Should().Be((1, ""));
        run.Error.Should().Contain($"none of the plugin folders can be written to ({file}/plugins)");
    }

    [Fact]
    public async Task A_running_agent_is_asked_at_once_and_its_refusal_is_told()
    {
        await using var agent = await StubAgent.StartAsync();
        var source = _stage.AddGood("files");
        var hash = TreeHash.Of(PluginSource.At(source));
        agent.Control.Plugins[0] = SomeDocuments.Plugin with { TreeHash = hash };
        var taken = await Cli(agent.DataDirectory).RunAsync("plugins", "install", source);
        agent.Control.Plugins[0] = SomeDocuments.Plugin with { TreeHash = "another", Warnings = ["a newer build was refused: it does not fit the jobs"] };

        var refused = await Cli(agent.DataDirectory).RunAsync("plugins", "install", source);

        taken.Should().Be(new CliRun(0, $"installed files 1.0.0 in {First}/dkron-processor-files\nthe running agent has it: active\n", ""));
        refused.ExitCode.Should().Be(1);
        refused.Error.Should().Contain("it does not fit the jobs");
    }

    [Fact]
    public async Task Remove_takes_it_out_of_its_folder()
    {
        _stage.AddGood("gone", into: Directory.CreateDirectory(First).FullName);

        var run = await _cli.RunAsync("plugins", "remove", "gone");

        run.Should().Be(new CliRun(0, $"removed gone from {First}/dkron-processor-gone\n", ""));
        Directory.EnumerateFileSystemEntries(First).Should().BeEmpty();
    }

    [Fact]
    public async Task What_jobs_use_is_removed_only_with_force()
    {
        _stage.AddGood("zeta", into: Directory.CreateDirectory(First).FullName);

        var refused = await _cli.RunAsync("plugins", "remove", "zeta");
        var forced = await _cli.RunAsync("plugins", "remove", "zeta", "--force");

        (refused.ExitCode, refused.Error).Should().Be((1, "dkron: plugin 'zeta' is not removed: job nightly would lack it; take it out of their processors, or use --force\n"));
        forced.ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task What_is_not_there_cannot_be_removed()
    {
        var run = await _cli.RunAsync("plugins", "remove", "nobody");

        (run.ExitCode, run.Error).Should().Be((2, $"dkron: there is no plugin 'nobody' in {First}, {Second}\n"));
    }

    private SomeCli Cli(string data) => new(data) { Plugins = new PluginOptions { Folders = [First, Second] } };
}

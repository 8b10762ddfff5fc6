using System.Text.RegularExpressions;
using Dkron.Abstractions;
using Dkron.Host.Authoring;
using Dkron.Host.Plugins;
using Dkron.Host.Tests.Plugins;

namespace Dkron.Host.Tests.Authoring;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed partial class PluginCheckTests : IAsyncDisposable
{
    private readonly PluginWorkbench _bench = new();

    public static TheoryData<string> KindNames => [.. BrokenPluginTests.Kinds.Keys];

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [MemberData(nameof(KindNames))]
    public async Task It_says_of_every_broken_build_what_an_agent_says(string kind)
    {
        BrokenPluginTests.Kinds[kind].Lay(_bench);
        await _bench.LoadAsync();

        var result = await CheckAsync("broken");

        result.Good.Should().BeFalse();
        Plain("plugin 'broken' was refused: " + result.Error).Should().Be(Plain(_bench.Registry.Catalog["broken"].Unavailable!));
        result.TreeHash.Should().Be(_bench.Registry.Statuses.First(status => status.Name == "broken").TreeHash);
    }

    [Fact]
    public async Task Of_a_good_build_it_tells_what_an_agent_would_know_and_leaves_nothing_behind()
    {
        const string Members = """
            public TheProcessor(IPluginLog log) => log.Write(PluginLogLevel.Information, "here I am");
            public IReadOnlyList<ProcessorOption> Options => [new() { Name = "level", Type = OptionType.Integer, Minimum = 1, Maximum = 9, Default = "3", Required = false, Description = "How much." }];
            """;
        var folder = _bench.Add("fine", PluginCompiler.Processor("\"\"", Members, "IExecutionProcessor, IDeclareOptions"));
        var before = Directory.GetDirectories(Path.GetTempPath(), "dkron-check-*");

        var result = await CheckAsync("fine");

        result.Should().BeEquivalentTo(new { Good = true, Error = (string?)null, Location = folder, Name = "fine", Type = "processor", Version = "1.0.0", LeavesMemory = true });
        result.TreeHash.Should().Be(TreeHash.Of(PluginSource.At(folder)));
        result.Log.Should().ContainSingle().Which.Should().Contain("here I am");
        result.Options.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Name = "level", Type = OptionType.Integer, Minimum = 1L, Maximum = 9L, Default = "3" });
        var left = Directory.GetDirectories(Path.GetTempPath(), "dkron-check-*").Except(before).ToList();   // those of other processes go away with their checks
        await Wait.Until(() => !left.Exists(Directory.Exists));
        Directory.EnumerateFiles(folder).Should().ContainSingle();
    }

    [Fact]
    public async Task A_build_that_others_can_change_is_refused_where_the_settings_ask_for_that_and_only_warned_of_elsewhere()
    {
        var folder = _bench.AddGood("open");
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherWrite);

        var refused = await CheckAsync("open", new PluginOptions { PermissionCheck = PermissionCheck.Enforce });
        var warned = await CheckAsync("open", new PluginOptions { PermissionCheck = PermissionCheck.Warn });

        refused.Error.Should().StartWith($"{folder} can be changed by others").And.Contain($"run: chmod go-w '{folder}'");
        warned.Good.Should().BeTrue();
        warned.Warnings.Should().ContainSingle().Which.Should().Contain($"is used although {folder} can be changed by others");
    }

    [Fact]
    public async Task A_build_that_is_not_on_the_list_of_allowed_ones_is_refused()
    {
        _bench.AddGood("unlisted");

        var result = await CheckAsync("unlisted", new PluginOptions { Allow = new() { ["unlisted"] = "0000" } });

        result.Error.Should().Be($"this build is not on the list Dkron:Plugins:Allow; if it is to be trusted, add {result.TreeHash} to Dkron:Plugins:Allow:unlisted");
    }

    [Fact]
    public async Task One_that_stays_in_memory_is_good_with_a_warning()
    {
        _bench.Add("stays", PluginCompiler.Processor("\"\"", "static readonly Timer Ticking = new(_ => { }, null, 0, 1000); public TheProcessor() => GC.KeepAlive(Ticking);"));

        var check = new PluginCheck(new PluginOptions(), TimeProvider.System) { UnloadLimit = TimeSpan.FromSeconds(1) };
        var result = await check.RunAsync(Path.Combine(_bench.Folder, "dkron-processor-stays"), TestContext.Current.CancellationToken);

        (result.Good, result.LeavesMemory).Should().Be((true, false));
        result.Warnings.Should().ContainSingle().Which.Should().Contain("was still in memory 1 s after it was unloaded");
    }

    [Fact]
    public async Task A_dropped_in_dll_is_checked_alone()
    {
        var dll = Path.Combine(_bench.Folder, "dkron-processor-single.dll");
        await File.WriteAllBytesAsync(dll, PluginWorkbench.Image("single", "x"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_bench.Folder, "dkron-processor-other.dll"), "no assembly", TestContext.Current.CancellationToken);

        var result = await new PluginCheck(new PluginOptions(), TimeProvider.System).RunAsync(dll, TestContext.Current.CancellationToken);

        (result.Good, result.Name, result.Location).Should().Be((true, "single", dll));
    }

    [Theory]
    [InlineData("nothing", "nothing is not there")]
    [InlineData("other", "other is no plugin: a plugin is called dkron-TYPE-NAME")]
    [InlineData("dkron-processor-Mail", "'Mail' is no name for a plugin")]
    [InlineData("dkron-executor-ssh", "plugins of type 'executor' are not supported by this version of dkron yet")]
    public async Task What_an_agent_does_not_look_at_is_told_apart(string folder, string reason)
    {
        if (folder != "nothing")
        {
            Directory.CreateDirectory(Path.Combine(_bench.Folder, folder));
        }

        var result = await new PluginCheck(new PluginOptions(), TimeProvider.System).RunAsync(Path.Combine(_bench.Folder, folder), TestContext.Current.CancellationToken);

        result.Good.Should().BeFalse();
        result.Error.Should().Contain(reason);
    }

    private Task<CheckDocument> CheckAsync(string name, PluginOptions? options = null) =>
        new PluginCheck(options ?? new PluginOptions(), TimeProvider.System).RunAsync(Path.Combine(_bench.Folder, $"dkron-processor-{name}"), TestContext.Current.CancellationToken);

    // The bench waits for 5 s where an agent waits for 10, and a text that was cut has another length of the rest.
    private static string Plain(string reason) => Seconds().Replace(reason, "within N s");

    [GeneratedRegex(@"within \d+ s")]
    private static partial Regex Seconds();
}

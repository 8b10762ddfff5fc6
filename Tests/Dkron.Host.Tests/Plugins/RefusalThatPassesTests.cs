using Dkron.Host.Plugins;
using Dkron.Host.Tests.Records;

namespace Dkron.Host.Tests.Plugins;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class RefusalThatPassesTests : IAsyncDisposable
{
    private const string Name = "refused";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly PluginWorkbench _bench = new(new PluginOptions { PollInterval = TimeSpan.FromMilliseconds(100), PermissionCheck = PermissionCheck.Enforce });

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData("the plugin's folder")]
    [InlineData("the folder of all plugins")]
    [InlineData("a folder above")]
    public async Task A_plugin_is_used_when_the_command_of_the_message_was_run_on(string which)
    {
        var folder = _bench.AddGood(Name);
        var wide = which switch { "the plugin's folder" => folder, "the folder of all plugins" => _bench.Folder, _ => _bench.Above };
        File.SetUnixFileMode(wide, Private | UnixFileMode.GroupWrite);
        await _bench.WatchAsync();
        _bench.Status(Name).Reason.Should().Contain($"{wide} can be changed by others (mode 720); run: chmod go-w '{wide}'");

        File.SetUnixFileMode(wide, Private);

        await _bench.UntilAsync(Name, "good");
        await Until.TrueAsync(() => _bench.Status(Name).Reason is null);
        _bench.Log.Errors.Should().ContainSingle("it was refused several times, and told of once");
    }

    [Fact]
    public async Task A_plugin_that_a_full_disk_kept_from_being_copied_is_used_when_there_is_room_again()
    {
        using var disk = SmallDisk.Mount(_bench.Data, "4m");
        await _bench.WatchAsync();
        disk.Fill();
        _bench.AddGood(Name);
        await Until.TrueAsync(() => _bench.Log.Errors.Any());
        _bench.Log.Errors.Single().Should().Contain($"{Name} in {_bench.Folder}").And.Contain("No space left on device");
        await _bench.Registry.ReloadAsync(Name, TestContext.Current.CancellationToken);

        disk.Free();

        await _bench.UntilAsync(Name, "good");
        _bench.Log.Errors.Should().ContainSingle("the same failure is told of once");
        await _bench.StopAsync();
    }

    [Fact]
    public async Task A_build_that_was_refused_for_its_files_is_not_tried_again_by_itself()
    {
        _bench.Add(Name, PluginCompiler.Processor("\"\"", $$"""
            public TheProcessor()
            {
                System.IO.File.AppendAllText({{System.Text.Json.JsonSerializer.Serialize(Path.Combine(_bench.Root, "tried"))}}, "x");
                throw new InvalidOperationException("no luck");
            }
            """));
        await _bench.WatchAsync();
        var tried = await TriesAsync();

        // Later polls see what came later, and have had their occasion.
        for (var i = 0; i < 3; i++)
        {
            _bench.AddGood($"later{i}");
            await _bench.UntilAsync($"later{i}", "good");
        }

        (await TriesAsync()).Should().Be(tried);
    }

    private async Task<int> TriesAsync() => (await File.ReadAllTextAsync(Path.Combine(_bench.Root, "tried"), TestContext.Current.CancellationToken)).Length;
}

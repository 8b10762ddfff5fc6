using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class BrokenReplacementTests : IAsyncDisposable
{
    private const string Name = "broken";

    private readonly PluginWorkbench _stage = new();
    private readonly PluginWorkbench _bench = new(new PluginOptions { PollInterval = TimeSpan.FromMilliseconds(300), PermissionCheck = PermissionCheck.Enforce });

    // Its absolute link names the folder it is made in, so that it cannot be made elsewhere and moved.
    public static TheoryData<string> KindNames => [.. BrokenPluginTests.Kinds.Keys.Where(kind => kind != "a link in a circle")];

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _stage.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(KindNames))]
    public async Task A_bad_build_changes_nothing_is_told_once_and_after_a_restart_the_last_good_one_is_loaded(string kind)
    {
        var folder = _bench.AddGood(Name);
        await _bench.WatchAsync();
        var (lay, reason) = BrokenPluginTests.Kinds[kind];
        lay(_stage);

        Directory.Move(folder, Path.Combine(_bench.Root, "old"));
        Directory.Move(Path.Combine(_stage.Folder, $"dkron-processor-{Name}"), folder);

        await Until.TrueAsync(() => _bench.Status(Name, GenerationState.Active).Reason?.Contains(reason) == true);
        (await _bench.CallAsync(Name)).Should().Be("good");
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(file => FileIdentity.OfLink(file) is { IsRegular: true }))
        {
            // The same bytes again, as another file.
            File.Copy(file, Path.Combine(_bench.Root, "again"));
            File.Move(Path.Combine(_bench.Root, "again"), file, overwrite: true);
        }

        await _bench.Registry.ReloadAsync(Name, TestContext.Current.CancellationToken);
        _bench.Log.Errors.Should().ContainSingle();

        await _bench.StopAsync();
        await using var next = _bench.NewRegistry();
        await next.LoadAllAsync(TestContext.Current.CancellationToken);
        (await _bench.CallAsync(Name, next)).Should().Be("good");
        next.Statuses.Should().ContainSingle(status => status.State == GenerationState.Active).Which.Reason.Should().StartWith("this is the last good build; the one in its folder is refused: ");
    }

    [Fact]
    public async Task A_plugin_that_others_can_change_is_refused_with_the_command_that_repairs_it_and_used_once_repaired()
    {
        var folder = _bench.AddGood(Name);
        await _bench.WatchAsync();
        var dll = Path.Combine(folder, $"dkron-processor-{Name}.dll");
        await File.WriteAllBytesAsync(dll, PluginWorkbench.Image(Name, "newer"), TestContext.Current.CancellationToken);
        File.SetUnixFileMode(dll, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);

        await Until.TrueAsync(() => _bench.Status(Name, GenerationState.Active).Reason?.Contains($"{dll} can be changed by others (mode 660); run: chmod go-w '{dll}'") == true);
        (await _bench.CallAsync(Name)).Should().Be("good");
        File.SetUnixFileMode(dll, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        await _bench.UntilAsync(Name, "newer");
    }

    [Fact]
    public async Task After_a_restart_with_a_build_that_others_can_change_the_last_good_one_is_loaded()
    {
        var options = new PluginOptions { PermissionCheck = PermissionCheck.Enforce };
        _bench.AddGood(Name);
        await LoadOnceAsync(options);
        File.SetUnixFileMode(Path.Combine(_bench.AddGood(Name, "newer"), $"dkron-processor-{Name}.dll"), UnixFileMode.UserRead | UnixFileMode.GroupWrite);

        await LastGoodIsLoadedAsync(options, "can be changed by others");
    }

    [Fact]
    public async Task After_a_restart_with_a_build_that_is_not_on_the_list_the_last_good_one_is_loaded()
    {
        var options = new PluginOptions { Allow = new() { [Name] = TreeHash.Of(PluginSource.At(_bench.AddGood(Name))) } };
        await LoadOnceAsync(options);
        _bench.AddGood(Name, "newer");

        await LastGoodIsLoadedAsync(options, "is not on the list Dkron:Plugins:Allow");
    }

    [Fact]
    public async Task With_a_list_of_allowed_builds_only_those_are_used()
    {
        _stage.AddGood("listed");
        _stage.AddGood("other");
        var allowed = TreeHash.Of(PluginSource.At(Path.Combine(_stage.Folder, "dkron-processor-listed")));
        await using var registry = new PluginRegistry([_stage.Folder], _stage.Data, _stage.Log, TimeProvider.System, options: new PluginOptions { Allow = new() { ["listed"] = allowed } });

        await registry.LoadAllAsync(TestContext.Current.CancellationToken);

        registry.Catalog["listed"].Unavailable.Should().BeNull();
        registry.Catalog["other"].Unavailable.Should().Contain("is not on the list Dkron:Plugins:Allow").And.MatchRegex("[0-9a-f]{64}");
    }

    [Fact]
    public async Task An_operator_goes_back_and_that_holds_over_a_restart_until_told_otherwise()
    {
        _bench.AddGood(Name, "one");
        await _bench.WatchAsync();
        _bench.AddGood(Name, "two");
        await _bench.UntilAsync(Name, "two");

        await _bench.Registry.RollBackAsync(Name, TestContext.Current.CancellationToken);

        (await _bench.CallAsync(Name)).Should().Be("one");
        await _bench.StopAsync();
        await using var next = _bench.NewRegistry();
        await next.LoadAllAsync(TestContext.Current.CancellationToken);
        (await _bench.CallAsync(Name, next)).Should().Be("one");
        using var stop = new CancellationTokenSource();
        var watching = next.WatchAsync(null, stop.Token);
        await next.ReloadAsync(Name, TestContext.Current.CancellationToken);
        (await _bench.CallAsync(Name, next)).Should().Be("two");
        await stop.CancelAsync();
        await watching;
    }

    [Fact]
    public async Task A_build_that_does_not_fit_the_jobs_waits_until_the_settings_change()
    {
        _bench.AddGood(Name, "one");
        var (mark, complaint) = ("settings 1", "");
        await _bench.WatchAsync(new JobsFit
        {
            Problems = (_, _, _) => complaint.Length > 0 ? [complaint] : [],
            FitsWithSomeOf = (_, _, _) => false,
            HaveBeenGood = () => true,
            Mark = () => mark,
            RecheckAsync = _ => Task.CompletedTask,
        });
        complaint = "job 'a' lacks the option 'host'";
        _bench.AddGood(Name, "two");
        await Until.TrueAsync(() => _bench.Status(Name, GenerationState.Active).Reason?.Contains("does not fit the jobs: job 'a' lacks the option 'host'") == true);
        (await _bench.CallAsync(Name)).Should().Be("one");

        (mark, complaint) = ("settings 2", "");

        await _bench.UntilAsync(Name, "two");
    }

    private async Task LoadOnceAsync(PluginOptions options)
    {
        await using var registry = _bench.NewRegistry(options);
        await registry.LoadAllAsync(TestContext.Current.CancellationToken);
        (await _bench.CallAsync(Name, registry)).Should().Be("good");
    }

    private async Task LastGoodIsLoadedAsync(PluginOptions options, string reason)
    {
        await using var registry = _bench.NewRegistry(options);
        await registry.LoadAllAsync(TestContext.Current.CancellationToken);

        (await _bench.CallAsync(Name, registry)).Should().Be("good");
        registry.Statuses.Should().ContainSingle(status => status.State == GenerationState.Active).Which.Reason.Should().StartWith("this is the last good build; the one in its folder is refused: ").And.Contain(reason);
    }
}

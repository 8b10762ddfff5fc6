using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ReplacingTests : IAsyncDisposable
{
    private const string Name = "swapped";

    private static readonly byte[] One = PluginWorkbench.Image(Name, "one");
    private static readonly byte[] Two = PluginWorkbench.Image(Name, "two");

    private static readonly Dictionary<string, Func<PluginWorkbench, Task>> Ways = new()
    {
        ["in-place write"] = bench => WriteAsync(Dll(bench), Two),
        ["rename over from the same folder"] = async bench =>
        {
            await WriteAsync(Dll(bench) + ".new", Two);
            File.Move(Dll(bench) + ".new", Dll(bench), overwrite: true);
        },
        ["rename over from another folder"] = async bench =>
        {
            await WriteAsync(Path.Combine(bench.Root, "new.dll"), Two);
            File.Move(Path.Combine(bench.Root, "new.dll"), Dll(bench), overwrite: true);
        },
        ["hard link"] = async bench =>
        {
            await WriteAsync(Path.Combine(bench.Root, "new.dll"), Two);
            await RunAsync("ln", "-f", Path.Combine(bench.Root, "new.dll"), Dll(bench));
        },
        ["folder swap"] = bench =>
        {
            var folder = bench.AddImage(Name, Two, Directory.CreateDirectory(Path.Combine(bench.Root, "new")).FullName);
            Directory.Move(Folder(bench), Path.Combine(bench.Root, "old"));
            Directory.Move(folder, Folder(bench));
            return Task.CompletedTask;
        },
        ["delete and re-create of the plugin"] = bench =>
        {
            Directory.Delete(Folder(bench), recursive: true);
            bench.AddImage(Name, Two);
            return Task.CompletedTask;
        },
        ["delete and re-create of the plugin folder"] = bench =>
        {
            Directory.Delete(bench.Folder, recursive: true);
            bench.AddImage(Name, Two);
            return Task.CompletedTask;
        },
        ["plugin folder moved away and another in its place"] = bench =>
        {
            Directory.Move(bench.Folder, Path.Combine(bench.Root, "away"));
            bench.AddImage(Name, Two);
            return Task.CompletedTask;
        },
        ["delete and re-create of what the plugin folder lies in"] = bench =>
        {
            Directory.Delete(bench.Above, recursive: true);
            bench.AddImage(Name, Two);
            return Task.CompletedTask;
        },
        ["exchange of folders"] = bench =>
        {
            FileExchange.Run(bench.AddImage(Name, Two, Directory.CreateDirectory(Path.Combine(bench.Root, "new")).FullName), Folder(bench));
            return Task.CompletedTask;
        },
        ["exchange of dlls"] = async bench =>
        {
            await WriteAsync(Path.Combine(bench.Root, "new.dll"), Two);
            FileExchange.Run(Path.Combine(bench.Root, "new.dll"), Dll(bench));
        },
        ["symbolic link in place of the folder"] = bench =>
        {
            var target = bench.AddImage(Name, Two, Directory.CreateDirectory(Path.Combine(bench.Root, "two")).FullName);
            Directory.Move(Folder(bench), Path.Combine(bench.Root, "old"));
            Directory.CreateSymbolicLink(Folder(bench), target);
            return Task.CompletedTask;
        },
        ["a write through mmap"] = bench =>
        {
            using var file = MemoryMappedFile.CreateFromFile(Dll(bench), FileMode.Open, null, Two.Length);
            using var view = file.CreateViewAccessor();
            view.WriteArray(0, Two, 0, Two.Length);
            view.Flush();
            return Task.CompletedTask;
        },
        ["same size and time with other content"] = async bench =>
        {
            var at = File.GetLastWriteTimeUtc(Dll(bench));
            await WriteAsync(Dll(bench), Two);
            File.SetLastWriteTimeUtc(Dll(bench), at);
        },
        ["slow copy with pauses longer than the quiet time"] = async bench =>
        {
            await using var file = new FileStream(Dll(bench), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
            await file.WriteAsync(Two.AsMemory(0, Two.Length / 2), TestContext.Current.CancellationToken);
            await Until.TrueAsync(() => bench.Log.Errors.Any());
            await file.WriteAsync(Two.AsMemory(Two.Length / 2), TestContext.Current.CancellationToken);
        },
        ["touch, then a write"] = async bench =>
        {
            File.SetLastWriteTimeUtc(Dll(bench), DateTime.UnixEpoch);
            await WriteAsync(Dll(bench), Two);
        },
    };

    // Signs of these come only from the poll. When a folder goes out of what is watched and another comes in at once, so that the
    // watcher of .NET 10.0.12 reads both events together, it gives no sign of either, nor of anything after them until it is renewed.
    private static readonly string[] WithoutEvents =
    [
        "folder swap",
        "symbolic link in place of the folder",
        "delete and re-create of the plugin folder",
        "plugin folder moved away and another in its place",
        "delete and re-create of what the plugin folder lies in",
        "a write through mmap",
    ];

    // The poll and the reading of all files come too late to help.
    private static readonly PluginOptions ByEventsAlone = new() { SettleTime = TimeSpan.FromMilliseconds(50), PollInterval = TimeSpan.FromHours(1), HashInterval = TimeSpan.FromDays(1) };

    private readonly PluginWorkbench _bench = new(PluginWorkbench.Quick);

    public static TheoryData<string> WayNames => [.. Ways.Keys];

    public static TheoryData<string> WayNamesWithEvents => [.. Ways.Keys.Except(WithoutEvents)];

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [MemberData(nameof(WayNames))]
    public Task A_plugin_is_replaced_while_the_host_runs_by(string way) => ReplaceAsync(_bench, way);

    [Theory]
    [MemberData(nameof(WayNamesWithEvents))]
    public async Task A_replaced_plugin_is_noticed_by_event_when_it_is_replaced_by(string way)
    {
        await using var bench = new PluginWorkbench(ByEventsAlone);

        await ReplaceAsync(bench, way);
    }

    [Theory]
    [InlineData("folder swap")]
    [InlineData("symbolic link in place of the folder")]
    public async Task Signs_come_again_after_a_look_found_what_there_was_no_sign_of(string way)
    {
        await using var bench = new PluginWorkbench(ByEventsAlone);
        bench.AddImage(Name, One);
        await bench.WatchAsync();
        await Ways[way](bench);
        await bench.Registry.ReloadAsync(null, TestContext.Current.CancellationToken);
        await bench.UntilAsync(Name, "two");

        bench.AddGood("later");

        await bench.UntilAsync("later", "good");
    }

    [Fact]
    public async Task A_link_to_a_plugin_is_followed_when_its_target_comes_later()
    {
        var target = Path.Combine(_bench.Root, "target");
        Directory.CreateSymbolicLink(Folder(_bench), target);
        await _bench.WatchAsync();
        _bench.Registry.Statuses.Should().BeEmpty();

        Directory.Move(_bench.AddImage(Name, One, Directory.CreateDirectory(Path.Combine(_bench.Root, "made")).FullName), target);

        await _bench.UntilAsync(Name, "one");
    }

    [Fact]
    public async Task A_plugin_is_closed_after_the_grace_when_the_target_of_its_link_is_removed()
    {
        var target = _bench.AddImage(Name, One, Directory.CreateDirectory(Path.Combine(_bench.Root, "made")).FullName);
        Directory.CreateSymbolicLink(Folder(_bench), target);
        await _bench.WatchAsync();
        (await _bench.CallAsync(Name)).Should().Be("one");

        Directory.Move(target, Path.Combine(_bench.Root, "away"));

        await Until.TrueAsync(() => _bench.Registry.Catalog[Name].Unavailable is not null);
        _bench.Log.Errors.Should().BeEmpty();
    }

    [Fact]
    public async Task A_symbolic_link_that_is_led_elsewhere_as_Kubernetes_does_replaces_the_plugin()
    {
        foreach (var (version, image) in new[] { ("..v1", One), ("..v2", Two) })
        {
            await WriteAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(Folder(_bench), version)).FullName, $"dkron-processor-{Name}.dll"), image);
        }

        Directory.CreateSymbolicLink(Path.Combine(Folder(_bench), "..data"), "..v1");
        File.CreateSymbolicLink(Dll(_bench), $"..data/dkron-processor-{Name}.dll");
        await _bench.WatchAsync();

        Directory.CreateSymbolicLink(Path.Combine(Folder(_bench), "..data_tmp"), "..v2");
        await RunAsync("mv", "-T", Path.Combine(Folder(_bench), "..data_tmp"), Path.Combine(Folder(_bench), "..data"));

        await _bench.UntilAsync(Name, "two");
    }

    [Fact]
    public async Task A_plugin_folder_that_is_a_symbolic_link_is_led_elsewhere()
    {
        var targets = new[] { One, Two }.Select(image => _bench.AddImage(Name, image, Directory.CreateTempSubdirectory("dkron-target-").FullName)).ToList();
        Directory.CreateSymbolicLink(Folder(_bench), targets[0]);
        await _bench.WatchAsync();
        (await _bench.CallAsync(Name)).Should().Be("one");

        await RunAsync("ln", "-sfn", targets[1], Folder(_bench));

        await _bench.UntilAsync(Name, "two");
        targets.ForEach(target => Directory.Delete(Path.GetDirectoryName(target)!, recursive: true));
    }

    [Fact]
    public async Task A_change_that_leaves_size_times_and_inode_alone_is_found_by_reading()
    {
        // On a file system in memory, a write to a page that was written to through the same mapping shows in nothing that stat gives.
        Assert.SkipUnless(Directory.Exists("/dev/shm"), "there is no /dev/shm");
        var shared = Directory.CreateDirectory(Path.Combine("/dev/shm", Path.GetFileName(_bench.Root))).FullName;
        Directory.CreateSymbolicLink(Folder(_bench), _bench.AddImage(Name, One, shared));
        One.Length.Should().Be(Two.Length);
        using var file = MemoryMappedFile.CreateFromFile(Dll(_bench), FileMode.Open, null, Two.Length);
        using var view = file.CreateViewAccessor();
        view.WriteArray(0, One, 0, One.Length);
        var before = FileIdentity.Of(Dll(_bench));
        await _bench.WatchAsync();
        (await _bench.CallAsync(Name)).Should().Be("one");

        view.WriteArray(0, Two, 0, Two.Length);

        await _bench.UntilAsync(Name, "two");
        FileIdentity.Of(Dll(_bench)).Should().Be(before);
        Directory.Delete(shared, recursive: true);
    }

    [Theory]
    [InlineData("libnative.so")]
    [InlineData("de/dkron-processor-swapped.resources.dll")]
    [InlineData("dkron-processor-swapped.deps.json")]
    public async Task A_change_of_nothing_but_a_native_library_a_satellite_or_the_manifest_makes_another_version(string file)
    {
        var path = Path.Combine(_bench.AddImage(Name, One), file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        const string Manifest = """{ "runtimeTarget": { "name": ".NETCoreApp,Version=v10.0" }, "targets": { ".NETCoreApp,Version=v10.0": {} }, "libraries": {} }""";
        await File.WriteAllTextAsync(path, Manifest, TestContext.Current.CancellationToken);
        await _bench.WatchAsync();
        (await _bench.CallAsync(Name)).Should().Be("one");

        await MoveInAsync(path, Manifest + "\n");

        await Until.TrueAsync(() => _bench.Registry.Statuses.Any(status => status is { Name: Name, State: GenerationState.Active, Generation: 2 }));
        (await _bench.CallAsync(Name)).Should().Be("one");
        await MoveInAsync(path, Manifest);
        await Until.TrueAsync(() => _bench.Registry.Statuses.Any(status => status is { Name: Name, State: GenerationState.Active, Generation: 3 }));
        _bench.Log.Errors.Should().BeEmpty();
    }

    [Fact]
    public async Task Touch_chmod_and_the_same_build_again_change_nothing()
    {
        _bench.AddImage(Name, One);
        await _bench.WatchAsync();
        var before = _bench.Status(Name);

        File.SetLastWriteTimeUtc(Dll(_bench), DateTime.UnixEpoch);
        File.SetUnixFileMode(Dll(_bench), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await WriteAsync(Dll(_bench) + ".new", One);
        File.Move(Dll(_bench) + ".new", Dll(_bench), overwrite: true);
        await _bench.Registry.ReloadAsync(null, TestContext.Current.CancellationToken);

        _bench.Status(Name).Should().BeEquivalentTo(before);
    }

    [Fact]
    public async Task Plugins_that_are_dropped_in_become_available_any_number_at_once()
    {
        await _bench.WatchAsync();

        // Made elsewhere first, so that they come within moments, and each of them whole.
        var made = Directory.CreateDirectory(Path.Combine(_bench.Root, "made")).FullName;
        var folders = Enumerable.Range(0, 200).Select(i => _bench.AddGood($"new{i}", $"output {i}", made)).ToList();
        folders.ForEach(folder => Directory.Move(folder, Path.Combine(_bench.Folder, Path.GetFileName(folder))));

        for (var i = 0; i < 200; i++)
        {
            await _bench.UntilAsync($"new{i}", $"output {i}");
        }

        _bench.Log.Errors.Should().BeEmpty();
    }

    [Fact]
    public async Task Whoever_asks_for_a_look_is_answered_when_it_is_done_and_not_at_the_next_round()
    {
        await using var bench = new PluginWorkbench(new PluginOptions { PollInterval = TimeSpan.FromHours(1) });
        await bench.WatchAsync();

        // A wake-up that is lost in one of these would be missed for an hour.
        for (var i = 0; i < 50; i++)
        {
            bench.AddGood($"asked{i}");
            await bench.Registry.ReloadAsync($"asked{i}", TestContext.Current.CancellationToken);
            await bench.Registry.ReloadAsync($"asked{i}", TestContext.Current.CancellationToken);
        }

        bench.Registry.Catalog.Values.Should().OnlyContain(plugin => plugin.Unavailable == null);
    }

    [Fact]
    public async Task A_removed_plugin_is_used_for_a_grace()
    {
        await using var bench = new PluginWorkbench(new PluginOptions { PollInterval = TimeSpan.FromMilliseconds(200), RemovalGrace = TimeSpan.FromHours(1) });
        bench.AddImage(Name, One);
        await bench.WatchAsync();

        Directory.Delete(Folder(bench), recursive: true);

        await Until.TrueAsync(() => bench.Log.Entries.Any(entry => entry.Message.Contains($"the folder of {Name}, {Folder(bench)}, is gone; it is used for 3600 s more")));
        (await bench.CallAsync(Name)).Should().Be("one");
    }

    [Fact]
    public async Task A_removed_plugin_is_closed_after_the_grace_and_can_come_back()
    {
        _bench.AddImage(Name, One);
        await _bench.WatchAsync();

        Directory.Delete(Folder(_bench), recursive: true);

        await Until.TrueAsync(() => _bench.Registry.Catalog[Name].Unavailable is not null);
        using var leases = _bench.Registry.Acquire([Name]);
        leases[0].Unavailable.Should().Be($"plugin '{Name}' is not installed now; the last version seen was 1.0.0");
        _bench.AddImage(Name, Two);
        await _bench.UntilAsync(Name, "two");
    }

    [Fact]
    public async Task Plugins_in_a_folder_that_cannot_be_read_are_neither_gone_nor_replaced_by_those_in_another_one()
    {
        _bench.AddImage(Name, One);
        _bench.AddImage(Name, Two, _bench.Later);
        _bench.AddGood("other", into: _bench.Later);
        await _bench.WatchAsync();
        var aside = Path.Combine(_bench.Root, "aside");

        // A link to itself: unlike a mode, that keeps root out as well.
        Directory.CreateSymbolicLink(aside, _bench.Later);
        FileExchange.Run(aside, _bench.Later);
        await Until.TrueAsync(() => _bench.Log.Entries.Any(entry => entry.Message.Contains($"{_bench.Later}: cannot be searched for plugins")));
        await _bench.Registry.ReloadAsync(null, TestContext.Current.CancellationToken);

        (await _bench.CallAsync(Name)).Should().Be("two");
        (await _bench.CallAsync("other")).Should().Be("good");
        FileExchange.Run(aside, _bench.Later);
        _bench.AddGood("other", "better", _bench.Later);
        await _bench.UntilAsync("other", "better");
        (await _bench.CallAsync(Name)).Should().Be("two");
        _bench.Log.Entries.Should().NotContain(entry => entry.Message.Contains("is gone"));
    }

    [Fact]
    public async Task A_chain_keeps_the_version_it_began_with_and_the_old_version_leaves_memory_afterwards()
    {
        _bench.AddImage(Name, One);
        await _bench.WatchAsync();
        var leases = _bench.Registry.Acquire([Name]);
        await WriteAsync(Dll(_bench), Two);
        await _bench.UntilAsync(Name, "two");

        _bench.Status(Name, GenerationState.Draining).Leases.Should().Be(1);
        var old = await leases[0].Processor!.ProcessAsync(PluginWorkbench.Context(), TestContext.Current.CancellationToken);
        System.Text.Encoding.UTF8.GetString(old.Output.Span).Should().Be("one");
        leases.Dispose();

        await Until.TrueAsync(() => _bench.Log.Entries.Any(entry => entry.Message.Contains($"{Name} 1.0.0 #1 has left memory")));
        _bench.Registry.Statuses.Should().ContainSingle(status => status.Name == Name);
        await Until.TrueAsync(() => Directory.GetDirectories(Path.Combine(_bench.Data, "plugins", Name)).Length == 2);
    }

    private static async Task ReplaceAsync(PluginWorkbench bench, string way)
    {
        bench.AddImage(Name, One);
        await bench.WatchAsync();
        (await bench.CallAsync(Name)).Should().Be("one");

        await Ways[way](bench);

        await bench.UntilAsync(Name, "two");
        await Until.TrueAsync(() => bench.Registry.Statuses.Count(status => status.Name == Name) == 1);
        bench.Status(Name).Should().BeEquivalentTo(new { State = GenerationState.Active, Reason = (string?)null }, options => options.ExcludingMissingMembers());
    }

    private async Task MoveInAsync(string path, string text)
    {
        var made = Path.Combine(_bench.Root, "made");
        await File.WriteAllTextAsync(made, text, TestContext.Current.CancellationToken);
        File.Move(made, path, overwrite: true);
    }

    private static string Folder(PluginWorkbench bench) => Path.Combine(bench.Folder, $"dkron-processor-{Name}");

    private static string Dll(PluginWorkbench bench) => Path.Combine(Folder(bench), $"dkron-processor-{Name}.dll");

    private static Task WriteAsync(string path, byte[] image) => File.WriteAllBytesAsync(path, image, TestContext.Current.CancellationToken);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.Should().Be(0);
    }
}

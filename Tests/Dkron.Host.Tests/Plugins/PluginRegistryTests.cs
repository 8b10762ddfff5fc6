using Dkron.Host.Plugins;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Tests.Plugins;

public sealed class PluginRegistryTests : IAsyncDisposable
{
    private readonly PluginWorkbench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_plugin_in_a_folder_of_its_own_is_loaded_and_called()
    {
        _bench.AddGood("hello", "hello from a plugin");

        await _bench.LoadAsync();

        (await _bench.CallAsync("hello")).Should().Be("hello from a plugin");
        var status = _bench.Status("hello");
        status.Should().BeEquivalentTo(
            new { Name = "hello", Type = "processor", Version = "1.0.0", State = GenerationState.Active, Generation = 1, Leases = 0, Abandoned = 0, Reason = (string?)null },
            options => options.ExcludingMissingMembers());
        status.TreeHash.Should().MatchRegex("^[0-9a-f]{64}$");
        _bench.Registry.Catalog["hello"].Unavailable.Should().BeNull();
    }

    [Fact]
    public async Task A_dll_dropped_straight_into_a_folder_is_a_plugin_and_files_beside_it_are_not_its_own()
    {
        var image = PluginCompiler.Compile("dkron-processor-dropped", PluginCompiler.Header() + PluginCompiler.Processor("\"dropped\""));
        await File.WriteAllBytesAsync(Path.Combine(_bench.Folder, "dkron-processor-dropped.dll"), image, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_bench.Folder, "dkron-processor-dropped.txt"), "notes", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_bench.Folder, "README"), "stray", TestContext.Current.CancellationToken);

        await _bench.LoadAsync();

        (await _bench.CallAsync("dropped")).Should().Be("dropped");
        var snapshot = Path.Combine(_bench.Data, "plugins", "dropped", _bench.Status("dropped").TreeHash!);
        Directory.GetFileSystemEntries(snapshot).Select(Path.GetFileName).Should().Equal("dkron-processor-dropped.dll");
        _bench.Log.Entries.Should().NotContain(entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Of_two_plugins_with_one_name_the_later_folder_wins_and_the_shadowed_one_is_reported()
    {
        var first = _bench.AddGood("twice", "first");
        _bench.AddGood("twice", "second", _bench.Later);

        await _bench.LoadAsync();

        (await _bench.CallAsync("twice")).Should().Be("second");
        _bench.Status("twice").Shadowed.Should().Equal(first);
        _bench.Log.Entries.Should().ContainSingle(entry => entry.Message.Contains($"the one in {first} is not used"));
    }

    [Fact]
    public async Task Two_plugins_with_different_versions_of_one_dependency_each_see_their_own()
    {
        foreach (var name in (string[])["dkron-processor-json12", "dkron-processor-json13"])
        {
            Directory.CreateSymbolicLink(Path.Combine(_bench.Folder, name), PluginCompiler.BuiltFolder(name));
        }

        await _bench.LoadAsync();

        (await _bench.CallAsync("json12")).Should().Be("12.0.0.0 2");
        (await _bench.CallAsync("json13")).Should().Be("13.0.0.0 2");
        _bench.Log.Errors.Should().BeEmpty();
    }

    [Fact]
    public async Task A_copy_of_the_contract_in_the_folder_is_ignored_with_a_warning()
    {
        var folder = _bench.AddGood("bundled");
        File.Copy(typeof(Abstractions.IExecutionProcessor).Assembly.Location, Path.Combine(folder, "Dkron.Abstractions.dll"));

        await _bench.LoadAsync();

        (await _bench.CallAsync("bundled")).Should().Be("good");
        _bench.Status("bundled").Warnings.Should().ContainSingle().Which.Should().Contain("copy of Dkron.Abstractions, which is ignored");
    }

    [Fact]
    public async Task A_plugin_of_another_type_is_recognised_and_not_supported_yet()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_bench.Folder, "dkron-executor-http")).FullName;

        await _bench.LoadAsync();

        _bench.Status("http").Should().BeEquivalentTo(
            new { Type = "executor", State = GenerationState.Rejected, Location = folder, Reason = "plugins of type 'executor' are not supported by this version of dkron yet" },
            options => options.ExcludingMissingMembers());
        _bench.Registry.Catalog.Should().BeEmpty();
    }

    [Fact]
    public async Task What_is_not_there_gives_a_lease_that_says_why()
    {
        _bench.AddImage("broken", "not an assembly"u8.ToArray());
        Directory.CreateDirectory(Path.Combine(_bench.Data, "plugins", "earlier"));
        await _bench.LoadAsync();

        using var leases = _bench.Registry.Acquire(["never", "broken", "earlier"]);

        leases[0].Unavailable.Should().Be("plugin 'never' is not installed");
        leases[1].Unavailable.Should().StartWith("plugin 'broken' was refused: dkron-processor-broken.dll is damaged or no .NET assembly");
        leases[2].Unavailable.Should().Be("plugin 'earlier' is not installed");
        leases[0].Processor.Should().BeNull();
        _bench.Registry.Catalog.Keys.Should().BeEquivalentTo("broken", "earlier");
    }

    [Fact]
    public async Task A_plugin_that_is_gone_after_a_restart_is_still_known_with_the_version_last_seen()
    {
        var folder = _bench.AddGood("gone");
        await _bench.LoadAsync();
        await _bench.Registry.DisposeAsync();
        Directory.Delete(folder, recursive: true);

        await using var next = _bench.NewRegistry();
        await next.LoadAllAsync(TestContext.Current.CancellationToken);

        next.Catalog["gone"].Unavailable.Should().Be("plugin 'gone' is not installed now; the last version seen was 1.0.0");
    }

    [Fact]
    public async Task A_constructor_gets_what_the_host_offers()
    {
        _bench.Add("asking", PluginCompiler.Processor(
            "_text",
            """
            private readonly string _text;
            public TheProcessor(IPluginLog log, TimeProvider time, PluginInfo info)
            {
                log.Write(PluginLogLevel.Warning, "constructed {braces}", new InvalidOperationException("inner"));
                _text = $"{info.Name} {info.Version} {info.Generation} {info.Directory} {info.DataDirectory} {time.GetUtcNow().Year > 2000}";
            }
            """));

        await _bench.LoadAsync();

        var snapshot = Path.Combine(_bench.Data, "plugins", "asking", _bench.Status("asking").TreeHash!);
        (await _bench.CallAsync("asking")).Should().Be($"asking 1.0.0 1 {snapshot} {_bench.Data} True");
        var entry = _bench.Log.Entries.Should().ContainSingle(entry => entry.Level == LogLevel.Warning).Subject;
        entry.Message.Should().StartWith("asking 1.0.0 #1: constructed {braces}").And.Contain("System.InvalidOperationException: inner");
        entry.Properties.Should().Contain("Plugin", "asking").And.Contain("PluginVersion", "1.0.0").And.Contain("Generation", 1);
    }

    [Fact]
    public async Task Declared_options_are_read_once_and_a_configuration_is_checked_by_the_plugin()
    {
        _bench.Add("declaring", PluginCompiler.Processor(
            "\"\"",
            """
            public IReadOnlyList<ProcessorOption> Options => [new ProcessorOption { Name = "host", Type = OptionType.Text, Description = "Where.", Default = "localhost" }];
            public IReadOnlyList<string> Validate(ProcessorConfig config) => config.ContainsKey("boom") ? throw new InvalidOperationException("bang") : [$"host is {config.Text("host", "?")}", null!];
            """,
            "IExecutionProcessor, IDeclareOptions"));
        await _bench.LoadAsync();
        var description = _bench.Registry.Catalog["declaring"];

        var problems = description.Validate(new([new("host", "a")]), TestContext.Current.CancellationToken);
        var failure = description.Validate(new([new("boom", "a")]), TestContext.Current.CancellationToken);

        description.Options.Should().ContainSingle().Which.Name.Should().Be("host");
        problems.Should().Equal("host is a", "");
        failure.Should().Equal("plugin 'declaring' failed to check its options: InvalidOperationException: bang");
    }

    [Fact]
    public async Task The_snapshot_survives_what_is_done_to_the_source_while_it_is_loaded()
    {
        var dependency = PluginCompiler.Compile("lazy", "public static class Lazy { public static string Text() => \"lazy 1\"; }");
        var image = PluginCompiler.Compile("dkron-processor-lazy", PluginCompiler.Header() + PluginCompiler.Processor("Ask()", "[System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)] static string Ask() => Lazy.Text();"), null, dependency);
        var folder = _bench.AddImage("lazy", image);
        await File.WriteAllBytesAsync(Path.Combine(folder, "lazy.dll"), dependency, TestContext.Current.CancellationToken);
        await _bench.LoadAsync();

        foreach (var file in Directory.GetFiles(folder))
        {
            await using var stream = new FileStream(file, FileMode.Open);
            stream.SetLength(0);
            stream.Write("overwritten"u8);
        }

        (await _bench.CallAsync("lazy")).Should().Be("lazy 1");
    }

    [Fact]
    public async Task Everything_leaves_memory_when_the_registry_is_disposed()
    {
        _bench.AddGood("leaving-one");
        _bench.Add("leaving-two", PluginCompiler.Processor("\"\"", "static readonly object Kept = new List<TheProcessor>();"));
        await _bench.LoadAsync();
        await _bench.CallAsync("leaving-one");
        await _bench.CallAsync("leaving-two");
        var contexts = LoadContexts("leaving-one", "leaving-two");

        await _bench.Registry.DisposeAsync();

        contexts.Should().HaveCount(2);
        Memory.Forgets(contexts).Should().BeTrue();
        _bench.Registry.Acquire(["leaving-one"])[0].Unavailable.Should().NotBeNull();
    }

    [Fact]
    public async Task What_was_refused_after_its_code_ran_leaves_memory_too()
    {
        _bench.Add("thrower", PluginCompiler.Processor("\"\"", "public TheProcessor() => throw new InvalidOperationException(\"no\");"));
        await _bench.LoadAsync();

        await _bench.Registry.DisposeAsync();

        Memory.Forgets(LoadContexts("thrower")).Should().BeTrue();
    }

    [Fact]
    public async Task Snapshots_that_nobody_needs_are_removed_at_the_next_start()
    {
        foreach (var output in (string[])["1", "2", "3"])
        {
            _bench.AddGood("changing", output);
            await using var earlier = _bench.NewRegistry();
            await earlier.LoadAllAsync(TestContext.Current.CancellationToken);
        }

        _bench.AddGood("changing", "4");
        Directory.CreateDirectory(Path.Combine(_bench.Data, "plugins", ".staging", "half", "written"));

        await using var next = _bench.NewRegistry();
        await next.LoadAllAsync(TestContext.Current.CancellationToken);

        (await _bench.CallAsync("changing", next)).Should().Be("4");
        Directory.GetDirectories(Path.Combine(_bench.Data, "plugins", "changing")).Should().HaveCount(2, "the version before is kept to go back to");
        Directory.GetFileSystemEntries(Path.Combine(_bench.Data, "plugins", ".staging")).Should().BeEmpty();
    }

    [Fact]
    public async Task A_damaged_snapshot_is_made_anew()
    {
        _bench.AddGood("hurt");
        await _bench.LoadAsync();
        var snapshot = Path.Combine(_bench.Data, "plugins", "hurt", _bench.Status("hurt").TreeHash!, "dkron-processor-hurt.dll");
        await _bench.Registry.DisposeAsync();
        File.Delete(snapshot);
        await File.WriteAllTextAsync(snapshot, "", TestContext.Current.CancellationToken);

        await using var next = _bench.NewRegistry();
        await next.LoadAllAsync(TestContext.Current.CancellationToken);

        (await _bench.CallAsync("hurt", next)).Should().Be("good");
    }

    private static WeakReference[] LoadContexts(params string[] names) =>
        [.. System.Runtime.Loader.AssemblyLoadContext.All.Where(context => names.Any(name => context.Name == $"dkron-processor-{name}")).Select(context => new WeakReference(context, trackResurrection: true))];
}

using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

public sealed class SnapshotStoreTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("dkron-snapshots-").FullName;
    private readonly HashSet<string> _inUse = [];
    private readonly SnapshotStore _store;
    private readonly PluginSource _source;

    public SnapshotStoreTests()
    {
        _store = new SnapshotStore(Path.Combine(_root, "data"), TimeProvider.System) { IsInUse = _inUse.Contains };
        _store.Open();
        _source = new PluginSource { Name = new PluginName("processor", "one"), Folder = Path.Combine(_root, "dkron-processor-one") };
        Directory.CreateDirectory(Path.Combine(_source.Folder, "sub"));
        File.WriteAllText(Path.Combine(_source.Folder, "a.txt"), "a");
        File.WriteAllText(Path.Combine(_source.Folder, "sub", "b.txt"), "b");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task The_whole_folder_is_copied_for_its_owner_alone()
    {
        var snapshot = await TakeAsync();

        snapshot.Folder.Should().Be(Path.Combine(_root, "data", "plugins", "one", snapshot.Hash));
        (await File.ReadAllTextAsync(Path.Combine(snapshot.Folder, "sub", "b.txt"), TestContext.Current.CancellationToken)).Should().Be("b");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(snapshot.Folder, "a.txt")).Should().Be(UnixFileMode.UserRead);
            foreach (var folder in (string[])[snapshot.Folder, Path.Combine(snapshot.Folder, "sub"), Path.Combine(_root, "data", "plugins")])
            {
                File.GetUnixFileMode(folder).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
    }

    [Fact]
    public async Task The_hash_is_that_of_paths_lengths_and_contents_and_of_nothing_else()
    {
        var before = await TakeAsync();
        File.SetLastWriteTimeUtc(Path.Combine(_source.Folder, "a.txt"), DateTime.UnixEpoch);

        var touched = await TakeAsync();
        File.Move(Path.Combine(_source.Folder, "a.txt"), Path.Combine(_source.Folder, "c.txt"));
        var renamed = await TakeAsync();

        (touched.Hash, touched.Folder).Should().Be((before.Hash, before.Folder));
        renamed.Hash.Should().NotBe(before.Hash);
        TreeHash.Of(_source).Should().Be(renamed.Hash);

        // printf 'c.txt\0001\000%s\nsub/b.txt\0001\000%s\n' $(printf a | sha256sum | cut -c-64) $(printf b | sha256sum | cut -c-64) | sha256sum
        renamed.Hash.Should().Be("8e8202b853b5bbedf664dc6404c935756251628001a90889e33f08107859143c");
    }

    [Fact]
    public async Task Links_within_the_folder_are_followed_as_Kubernetes_lays_them()
    {
        var mounted = Directory.CreateDirectory(Path.Combine(_root, "mounted")).FullName;
        Directory.Move(_source.Folder, Path.Combine(mounted, "..2026_11_23"));
        Directory.CreateSymbolicLink(Path.Combine(mounted, "..data"), "..2026_11_23");
        File.CreateSymbolicLink(Path.Combine(mounted, "a.txt"), "..data/a.txt");
        Directory.CreateSymbolicLink(Path.Combine(mounted, "sub"), "..data/sub");
        Directory.CreateSymbolicLink(_source.Folder, mounted);

        var snapshot = await TakeAsync();

        Directory.GetFiles(snapshot.Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(snapshot.Folder, file)).Should().BeEquivalentTo("a.txt", "sub/b.txt");
    }

    [Fact]
    public async Task A_source_that_never_stands_still_is_refused()
    {
        // Long to copy, so that the writer has its turn during every copy.
        await using (var large = File.Create(Path.Combine(_source.Folder, "large")))
        {
            large.SetLength(128 << 20);
        }

        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                File.WriteAllText(Path.Combine(_source.Folder, "a.txt"), new string('a', i % 1000));
            }
        }, TestContext.Current.CancellationToken);

        var taking = TakeAsync;

        (await taking.Should().ThrowAsync<PluginRefusedException>()).WithMessage("it kept changing while it was copied*rename it into place");
        await stop.CancelAsync();
        await writer;
        Directory.GetFileSystemEntries(Path.Combine(_root, "data", "plugins", ".staging")).Should().BeEmpty();
        Directory.Exists(Path.Combine(_root, "data", "plugins", "one")).Should().BeFalse();
    }

    [Fact]
    public async Task What_is_in_use_and_what_was_good_last_is_kept()
    {
        var good = await TakeAsync();
        _store.MarkGood(good, "1.0.0");
        await File.WriteAllTextAsync(Path.Combine(_source.Folder, "a.txt"), "second", TestContext.Current.CancellationToken);
        var used = await TakeAsync();
        await File.WriteAllTextAsync(Path.Combine(_source.Folder, "a.txt"), "third", TestContext.Current.CancellationToken);
        var unneeded = await TakeAsync();

        _inUse.Add(used.Folder);
        _store.Prune();

        Directory.Exists(good.Folder).Should().BeTrue();
        Directory.Exists(used.Folder).Should().BeTrue();
        Directory.Exists(unneeded.Folder).Should().BeFalse();
        _store.KnownVersions().Should().Equal(new Dictionary<string, string> { ["one"] = "1.0.0" });
    }

    [Fact]
    public async Task A_copy_in_use_into_which_its_plugin_wrote_stays_and_a_whole_one_is_made_beside_it()
    {
        var used = await TakeAsync();
        _inUse.Add(used.Folder);
        await File.WriteAllTextAsync(Path.Combine(used.Folder, "state.txt"), "its own", TestContext.Current.CancellationToken);

        var whole = await TakeAsync();

        whole.Hash.Should().Be(used.Hash);
        File.Exists(Path.Combine(used.Folder, "state.txt")).Should().BeTrue();
        Directory.GetFiles(whole.Folder).Select(Path.GetFileName).Should().Equal("a.txt");
        _inUse.Clear();
        (await TakeAsync()).Folder.Should().Be(used.Folder);
        Directory.GetFiles(used.Folder).Select(Path.GetFileName).Should().Equal("a.txt");
    }

    private Task<PluginSnapshot> TakeAsync() => _store.TakeAsync(_source, TestContext.Current.CancellationToken);
}

using System.Text;

namespace Dkron.Host.Tests.Plugins;

public sealed class LeftCopiesTests : IAsyncDisposable
{
    private const string Name = "left";

    private readonly PluginWorkbench _bench = new(PluginWorkbench.Quick);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Copies_of_refused_builds_do_not_pile_up()
    {
        _bench.AddGood(Name);
        await _bench.WatchAsync();

        for (var i = 1; i <= 5; i++)
        {
            _bench.AddImage(Name, Encoding.UTF8.GetBytes($"no assembly {i}"));
            await _bench.Registry.ReloadAsync(Name, TestContext.Current.CancellationToken);
        }

        _bench.Log.Errors.Should().NotBeEmpty();
        Copies().Should().Equal(_bench.Status(Name, Host.Plugins.GenerationState.Active).TreeHash);
    }

    [Fact]
    public async Task Of_a_plugin_that_is_removed_only_what_was_good_is_kept()
    {
        var folder = _bench.AddGood(Name);
        await _bench.WatchAsync();
        var good = _bench.Status(Name).TreeHash;
        Directory.CreateDirectory(Path.Combine(_bench.Data, "plugins", Name, "unneeded"));

        Directory.Delete(folder, recursive: true);

        await Until.TrueAsync(() => _bench.Registry.Catalog[Name].Unavailable is not null);
        Copies().Should().Equal(good);
    }

    [Fact]
    public async Task That_a_copy_cannot_be_removed_is_told_once()
    {
        _bench.AddGood(Name);
        await _bench.WatchAsync();
        Directory.CreateDirectory(Path.Combine(_bench.Data, "plugins", Name, "unneeded"));
        var staging = Path.Combine(_bench.Data, "plugins", ".staging");
        Directory.Delete(staging, recursive: true);
        await File.WriteAllTextAsync(staging, "in the way", TestContext.Current.CancellationToken);

        await _bench.Registry.ReloadAsync(Name, TestContext.Current.CancellationToken);
        await _bench.Registry.ReloadAsync(Name, TestContext.Current.CancellationToken);

        _bench.Log.Entries.Should().ContainSingle(entry => entry.Message.Contains($"copies of {Name} that nobody needs any more cannot be removed"));
    }

    private IEnumerable<string?> Copies() => Directory.GetDirectories(Path.Combine(_bench.Data, "plugins", Name)).Select(Path.GetFileName);
}

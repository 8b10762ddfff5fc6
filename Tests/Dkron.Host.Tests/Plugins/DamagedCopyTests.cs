using System.Text;
using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

public sealed class DamagedCopyTests : IAsyncDisposable
{
    private const string Name = "hurt";

    private readonly PluginWorkbench _bench = new(PluginWorkbench.Quick);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task When_the_last_good_copy_is_not_whole_that_is_told_and_the_one_before_is_used()
    {
        _bench.AddGood(Name, "one");
        await _bench.WatchAsync();
        _bench.AddGood(Name, "two");
        await _bench.UntilAsync(Name, "two");
        var last = _bench.Status(Name, GenerationState.Active).TreeHash!;
        await _bench.StopAsync();
        Damage(last);
        _bench.AddImage(Name, Encoding.UTF8.GetBytes("no assembly"));

        await using var next = _bench.NewRegistry();
        await next.LoadAllAsync(TestContext.Current.CancellationToken);

        (await _bench.CallAsync(Name, next)).Should().Be("one");
        _bench.Log.Errors.Should().ContainSingle(text => text == $"Plugins: the last good version 1.0.0 of {Name} cannot be used either: its private copy is not whole any more");
    }

    [Fact]
    public async Task Going_back_to_a_copy_that_is_not_whole_says_so()
    {
        _bench.AddGood(Name, "one");
        await _bench.WatchAsync();
        var first = _bench.Status(Name).TreeHash!;
        _bench.AddGood(Name, "two");
        await _bench.UntilAsync(Name, "two");
        Damage(first);

        var back = () => _bench.Registry.RollBackAsync(Name, TestContext.Current.CancellationToken);

        await back.Should().ThrowAsync<PluginRefusedException>().WithMessage("its private copy is not whole any more");
        (await _bench.CallAsync(Name)).Should().Be("two");
    }

    [Fact]
    public async Task After_a_restart_a_copy_gone_back_to_that_is_not_whole_is_told_of_and_what_is_in_the_folder_is_used()
    {
        _bench.AddGood(Name, "one");
        await _bench.WatchAsync();
        var first = _bench.Status(Name).TreeHash!;
        _bench.AddGood(Name, "two");
        await _bench.UntilAsync(Name, "two");
        await _bench.Registry.RollBackAsync(Name, TestContext.Current.CancellationToken);
        await _bench.StopAsync();
        Damage(first);

        await using var next = _bench.NewRegistry();
        await next.LoadAllAsync(TestContext.Current.CancellationToken);

        (await _bench.CallAsync(Name, next)).Should().Be("two");
        _bench.Log.Errors.Should().ContainSingle(text => text == $"Plugins: the version that the operator went back to cannot be used for {Name}: its private copy is not whole any more");
    }

    [Fact]
    public async Task What_is_known_of_earlier_builds_and_cannot_be_read_just_now_ends_no_start_and_is_read_again()
    {
        _bench.AddGood(Name, "one");
        await _bench.WatchAsync();
        await _bench.StopAsync();
        _bench.AddGood("other");
        _bench.AddImage(Name, Encoding.UTF8.GetBytes("no assembly"));
        var note = Path.Combine(_bench.Data, "plugins", Name, "previous-good");

        // Reading it gives EIO, whoever asks.
        File.CreateSymbolicLink(note, "/proc/self/mem");

        await using var next = _bench.NewRegistry(PluginWorkbench.Quick);
        await next.LoadAllAsync(TestContext.Current.CancellationToken);

        next.Catalog[Name].Unavailable.Should().Contain("is damaged or no .NET assembly");
        (await _bench.CallAsync("other", next)).Should().Be("good");
        using var stop = new CancellationTokenSource();
        var watching = next.WatchAsync(null, stop.Token);
        File.Delete(note);
        await Until.TrueAsync(async () => next.Catalog[Name].Unavailable is null && await _bench.CallAsync(Name, next) == "one");
        await stop.CancelAsync();
        await watching;
    }

    private void Damage(string hash)
    {
        var dll = Path.Combine(_bench.Data, "plugins", Name, hash, $"dkron-processor-{Name}.dll");
        File.Delete(dll);
        File.WriteAllText(dll, "");
    }
}

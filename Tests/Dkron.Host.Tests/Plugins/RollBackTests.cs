using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

public sealed class RollBackTests : IAsyncDisposable
{
    private const string Name = "back";

    private readonly PluginWorkbench _bench = new(PluginWorkbench.Quick);

    private string Record => Path.Combine(_bench.Data, "plugins", Name, "rolled-back");

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task What_is_asked_for_all_plugins_leaves_a_version_that_was_gone_back_to_as_it_is()
    {
        await GoBackAsync();

        await _bench.Registry.ReloadAsync(null, TestContext.Current.CancellationToken);

        (await _bench.CallAsync(Name)).Should().Be("one");
        _bench.Status(Name, GenerationState.Active).Reason.Should().Be($"the operator went back to this version; a new build in its folder or dkron plugins reload {Name} ends that");
        await _bench.Registry.ReloadAsync(Name, TestContext.Current.CancellationToken);
        (await _bench.CallAsync(Name)).Should().Be("two");
        File.Exists(Record).Should().BeFalse();
    }

    [Fact]
    public async Task A_build_that_was_gone_back_from_is_taken_when_it_comes_again_after_another_one()
    {
        await GoBackAsync();

        _bench.AddGood(Name, "one");
        await Until.TrueAsync(() => !File.Exists(Record));
        _bench.AddGood(Name, "two");

        await _bench.UntilAsync(Name, "two");
    }

    [Fact]
    public async Task Going_back_twice_ends_at_what_lies_in_the_folder_as_if_nobody_had_gone_back()
    {
        await GoBackAsync();

        await _bench.Registry.RollBackAsync(Name, TestContext.Current.CancellationToken);

        (await _bench.CallAsync(Name)).Should().Be("two");
        _bench.Status(Name, GenerationState.Active).Reason.Should().BeNull();
        File.Exists(Record).Should().BeFalse();
    }

    [Fact]
    public async Task That_the_operator_goes_back_is_on_disk_before_the_version_is_loaded()
    {
        _bench.Add(Name, PluginCompiler.Processor("_text", $"private readonly string _text = System.IO.File.Exists(\"{Record}\") ? \"noted\" : \"not noted\";"));
        await _bench.WatchAsync();
        _bench.AddGood(Name, "two");
        await _bench.UntilAsync(Name, "two");

        await _bench.Registry.RollBackAsync(Name, TestContext.Current.CancellationToken);

        (await _bench.CallAsync(Name)).Should().Be("noted");
    }

    [Fact]
    public async Task A_going_back_that_fails_leaves_nothing_behind()
    {
        var trap = await TrappedAsync();
        await File.WriteAllTextAsync(trap, "", TestContext.Current.CancellationToken);

        var back = () => _bench.Registry.RollBackAsync(Name, TestContext.Current.CancellationToken);

        await back.Should().ThrowAsync<PluginRefusedException>().WithMessage("*trapped*");
        File.Exists(Record).Should().BeFalse();
        (await _bench.CallAsync(Name)).Should().Be("two");
    }

    [Fact]
    public async Task A_version_that_was_gone_back_to_and_cannot_be_loaded_just_now_is_not_given_up()
    {
        var trap = await TrappedAsync();
        await _bench.Registry.RollBackAsync(Name, TestContext.Current.CancellationToken);
        await _bench.StopAsync();
        await File.WriteAllTextAsync(trap, "", TestContext.Current.CancellationToken);

        await using var next = _bench.NewRegistry(PluginWorkbench.Quick);
        await next.LoadAllAsync(TestContext.Current.CancellationToken);

        next.Catalog[Name].Unavailable.Should().Contain("the version that the operator went back to cannot be used now: ").And.Contain("trapped");
        File.Exists(Record).Should().BeTrue();
        using var stop = new CancellationTokenSource();
        var watching = next.WatchAsync(null, stop.Token);
        File.Delete(trap);
        await Until.TrueAsync(async () => next.Catalog[Name].Unavailable is null && await _bench.CallAsync(Name, next) == "one");
        await Until.TrueAsync(() => next.Statuses.Any(status => status.Reason?.StartsWith("the operator went back to this version", StringComparison.Ordinal) == true));
        await stop.CancelAsync();
        await watching;
    }

    private async Task GoBackAsync()
    {
        _bench.AddGood(Name, "one");
        await _bench.WatchAsync();
        _bench.AddGood(Name, "two");
        await _bench.UntilAsync(Name, "two");
        await _bench.Registry.RollBackAsync(Name, TestContext.Current.CancellationToken);
        (await _bench.CallAsync(Name)).Should().Be("one");
    }

    /// <summary>Runs a version before which lies one whose constructor throws while a file is there.</summary>
    /// <returns>That file's path.</returns>
    private async Task<string> TrappedAsync()
    {
        var trap = Path.Combine(_bench.Root, "trap");
        _bench.Add(Name, PluginCompiler.Processor("\"one\"", $"public TheProcessor() {{ if (System.IO.File.Exists(\"{trap}\")) throw new InvalidOperationException(\"trapped\"); }}"));
        await _bench.WatchAsync();
        _bench.AddGood(Name, "two");
        await _bench.UntilAsync(Name, "two");
        return trap;
    }
}

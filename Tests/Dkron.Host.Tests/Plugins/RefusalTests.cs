using System.Text;
using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

public sealed class RefusalTests : IAsyncDisposable
{
    private const string Name = "refused";

    private readonly PluginWorkbench _bench = new(PluginWorkbench.Quick);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_refused_build_is_shown_as_such_beside_the_version_that_goes_on()
    {
        _bench.AddGood(Name);
        await _bench.WatchAsync();
        _bench.AddImage(Name, Encoding.UTF8.GetBytes("no assembly"));

        await _bench.Registry.ReloadAsync(Name, TestContext.Current.CancellationToken);

        var shown = PluginView.Of(_bench.Registry).Should().ContainSingle(plugin => plugin.State == "active").Subject;
        shown.Refusal.Should().Contain("is damaged or no .NET assembly");
        shown.Error.Should().BeNull();
        _bench.AddGood(Name, "better");
        await _bench.UntilAsync(Name, "better");
        await Until.TrueAsync(() => PluginView.Of(_bench.Registry).All(plugin => plugin.Refusal is null));
    }

    [Fact]
    public async Task While_the_last_good_version_runs_the_reason_is_that_of_the_build_that_lies_there_now()
    {
        _bench.AddGood(Name);
        await using (var earlier = _bench.NewRegistry())
        {
            await earlier.LoadAllAsync(TestContext.Current.CancellationToken);
        }

        _bench.AddImage(Name, Encoding.UTF8.GetBytes("no assembly"));
        await _bench.WatchAsync();
        _bench.Status(Name, GenerationState.Active).Reason.Should().Contain("is damaged or no .NET assembly");

        _bench.Add(Name, PluginCompiler.Processor("\"\"", "public TheProcessor() => throw new InvalidOperationException(\"another reason\");"));

        await Until.TrueAsync(() => _bench.Status(Name, GenerationState.Active).Reason is { } reason && reason.StartsWith("this is the last good build; the one in its folder is refused: ", StringComparison.Ordinal) && reason.Contains("another reason"));
    }
}

using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

public sealed class FullRollBackTests : IAsyncDisposable
{
    private const string Name = "full";

    private readonly PluginWorkbench _bench = new(PluginWorkbench.Quick);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Nobody_goes_back_while_four_versions_are_in_use()
    {
        _bench.AddGood(Name, "0");
        await _bench.WatchAsync();
        var held = new List<PluginLeases>();
        for (var version = 1; version <= 4; version++)
        {
            held.Add(_bench.Registry.Acquire([Name]));
            _bench.AddGood(Name, $"{version}");
            await _bench.UntilAsync(Name, $"{version}");
        }

        var back = () => _bench.Registry.RollBackAsync(Name, TestContext.Current.CancellationToken);

        await back.Should().ThrowAsync<PluginRefusedException>().WithMessage("4 earlier ones are still in use; look for calls that hang");
        (await _bench.CallAsync(Name)).Should().Be("4");
        held[0].Dispose();
        await Until.TrueAsync(() => _bench.Registry.Statuses.Count(status => status.State == GenerationState.Draining) == 3);
        await back();
        (await _bench.CallAsync(Name)).Should().Be("3");
        held.ForEach(leases => leases.Dispose());
    }
}

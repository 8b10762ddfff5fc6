namespace Dkron.Host.Tests.Plugins;

public sealed class DeliveryPluginTests : IAsyncDisposable
{
    private readonly PluginWorkbench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task That_a_processor_delivers_is_read_from_its_files()
    {
        _bench.Add("plain", PluginCompiler.Processor("\"\""));
        _bench.Add("sends", "[Delivery] " + PluginCompiler.Processor("\"\""));
        _bench.Add("pretends", "[Mine.Delivery] " + PluginCompiler.Processor("\"\"") + " namespace Mine { class DeliveryAttribute : Attribute { } }");
        _bench.Add("inherits", "public class TheProcessor : Sender { } [Delivery] public abstract class Sender : IExecutionProcessor { public ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken) => default; }");

        await _bench.LoadAsync();

        _bench.Registry.Catalog.ToDictionary(plugin => plugin.Key, plugin => plugin.Value.IsDelivery).Should().BeEquivalentTo(
            new Dictionary<string, bool> { ["plain"] = false, ["sends"] = true, ["pretends"] = false, ["inherits"] = false });
    }

    [Fact]
    public async Task A_target_says_it_too()
    {
        _bench.Add("sends", "[Delivery] " + PluginCompiler.Processor("\"\""));
        await _bench.LoadAsync();

        using var leases = _bench.Registry.Acquire(["sends", "missing"]);

        (leases[0].IsDelivery, leases[1].IsDelivery).Should().Be((true, false));
    }
}

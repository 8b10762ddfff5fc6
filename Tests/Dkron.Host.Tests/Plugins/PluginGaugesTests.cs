using System.Diagnostics.Metrics;
using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

[Collection(nameof(Alone))]
public sealed class PluginGaugesTests : IAsyncDisposable
{
    private readonly PluginWorkbench _bench = new(PluginWorkbench.Quick);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, double> _seen = [];

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task States_counts_and_ages_can_be_listened_to()
    {
        using var listener = new MeterListener { InstrumentPublished = (instrument, listener) => Listen(instrument, listener) };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => See(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => See(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => See(instrument, value, tags));
        listener.Start();
        var folder = _bench.AddGood("gauged", "one");
        await _bench.WatchAsync();
        var leases = _bench.Registry.Acquire(["gauged"]);
        var abandoned = leases[0].CallAbandoned();
        await File.WriteAllBytesAsync(Path.Combine(folder, "dkron-processor-gauged.dll"), PluginWorkbench.Image("gauged", "two"), TestContext.Current.CancellationToken);
        await _bench.UntilAsync("gauged", "two");

        listener.RecordObservableInstruments();

        _seen.Should().Contain("dkron.plugins.versions gauged Active", 1).And.Contain("dkron.plugins.versions gauged Draining", 1);
        _seen.Should().Contain("dkron.plugins.leases gauged", 2).And.Contain("dkron.plugins.abandoned gauged", 1);
        _seen["dkron.plugins.leaving_age gauged"].Should().BeInRange(0, 60);
        abandoned.Dispose();
        leases.Dispose();
        await Until.TrueAsync(() => Seen("dkron.plugins.unloaded") >= 1);
        Seen("dkron.plugins.loaded").Should().BeGreaterThanOrEqualTo(2);
    }

    private static void Listen(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name == "Dkron.Plugins")
        {
            listener.EnableMeasurementEvents(instrument);
        }
    }

    private void See<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        where T : struct, IConvertible
    {
        var key = instrument.Name;
        foreach (var tag in tags)
        {
            key += $" {tag.Value}";
        }

        lock (_lock)
        {
            _seen[key] = value.ToDouble(null) + (instrument.IsObservable ? 0 : _seen.GetValueOrDefault(key));
        }
    }

    private double Seen(string key)
    {
        lock (_lock)
        {
            return _seen.GetValueOrDefault(key);
        }
    }
}

using System.Diagnostics.Metrics;

namespace Dkron.Host.Plugins;

/// <summary>How the plugins of one registry stand now, for whoever listens to the meter <c>Dkron.Plugins</c>.</summary>
internal sealed class PluginGauges : IDisposable
{
    private readonly Meter _meter = new("Dkron.Plugins");

    public PluginGauges(Func<IReadOnlyList<PluginStatus>> statuses, TimeProvider time)
    {
        _meter.CreateObservableGauge("dkron.plugins.versions", () => Count(statuses()), description: "Versions of a plugin that stand in a state.");
        _meter.CreateObservableGauge("dkron.plugins.leases", () => Sum(statuses(), status => status.Leases), description: "Chains and calls that hold any version of a plugin.");
        _meter.CreateObservableGauge("dkron.plugins.abandoned", () => Sum(statuses(), status => status.Abandoned), description: "Calls of a plugin that were abandoned and still run.");
        _meter.CreateObservableGauge("dkron.plugins.leaving_age", () => Ages(statuses(), time.GetUtcNow()), "s", "For how long the oldest version of a plugin that is not gone has stood in its state, among those that were replaced.");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<int>> Count(IReadOnlyList<PluginStatus> statuses) =>
        statuses.GroupBy(status => (status.Name, status.State), (key, same) => new Measurement<int>(same.Count(), Plugin(key.Name), new KeyValuePair<string, object?>("state", $"{key.State}")));

    private static IEnumerable<Measurement<int>> Sum(IReadOnlyList<PluginStatus> statuses, Func<PluginStatus, int> value) =>
        statuses.GroupBy(status => status.Name, (name, same) => new Measurement<int>(same.Sum(value), Plugin(name)));

    private static IEnumerable<Measurement<double>> Ages(IReadOnlyList<PluginStatus> statuses, DateTimeOffset now) =>
        statuses.Where(status => status is { State: GenerationState.Draining or GenerationState.Unloading or GenerationState.Retained, StateSince: not null })
            .GroupBy(status => status.Name, (name, same) => new Measurement<double>((now - same.Min(status => status.StateSince!.Value)).TotalSeconds, Plugin(name)));

    private static KeyValuePair<string, object?> Plugin(string name) => new("plugin", name);
}

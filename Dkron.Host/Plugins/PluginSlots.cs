using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Plugins;

/// <summary>The places of all names that are known, and what is told of them.</summary>
internal sealed class PluginSlots(PluginOptions options, PluginValidation validation, TimeProvider time, ILogger<PluginGate> logger)
{
    private readonly ConcurrentDictionary<string, PluginSlot> _slots = new(StringComparer.Ordinal);
    private readonly Lock _publishing = new();
    private volatile IReadOnlyDictionary<string, PluginDescription> _catalog = new Dictionary<string, PluginDescription>();

    public IEnumerable<PluginSlot> All => _slots.Values;

    /// <summary>Every name that a folder or an earlier run has ever known, usable or not.</summary>
    public IReadOnlyDictionary<string, PluginDescription> Catalog => _catalog;

    public PluginSlot? Find(string name) => _slots.GetValueOrDefault(name);

    public PluginSlot Of(string name) => _slots.TryGetValue(name, out var slot) ? slot : _slots.GetOrAdd(name, New);

    /// <summary>Brings the catalog up to what is current.</summary>
    public void Publish()
    {
        lock (_publishing)
        {
            _catalog = _slots.Values.ToDictionary(
                slot => slot.Name,
                slot => slot.Current is { } current ? validation.Describe(current) : new PluginDescription { Name = slot.Name, Unavailable = slot.Unavailable, IsDelivery = slot.IsDelivery },
                StringComparer.Ordinal);
        }
    }

    /// <summary>The catalog as it would be with another generation.</summary>
    public IReadOnlyDictionary<string, PluginDescription> With(Generation generation) =>
        new Dictionary<string, PluginDescription>(_catalog, StringComparer.Ordinal) { [generation.Name] = validation.Describe(generation) };

    private PluginSlot New(string name) =>
        new(name, new PluginGate(name, options.Limits.GetValueOrDefault(name)?.MaxConcurrency ?? PluginLimits.DefaultConcurrency, time, logger));
}

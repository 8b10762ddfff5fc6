using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Plugins;

/// <summary>The places of all names that are known, and what is told of them.</summary>
internal sealed class PluginSlots(PluginOptions options, PluginValidation validation, TimeProvider time, ILogger<PluginGate> logger)
{
    private readonly ConcurrentDictionary<string, PluginSlot> _slots = new(StringComparer.Ordinal);
    private readonly Lock _publishing = new();
    private volatile IReadOnlyDictionary<string, PluginDescription> _catalog = new Dictionary<string, PluginDescription>();
    private int _changes;

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

    /// <summary>Notes that another generation is current; after <see cref="Publish"/>, so that whoever sees the count sees the generation.</summary>
    public void CountChange() => Interlocked.Increment(ref _changes);

    /// <summary>Tells apart what candidates are tried with: the settings, and the plugins that are current.</summary>
    public string Mark(JobsFit jobs) => string.Create(CultureInfo.InvariantCulture, $"{jobs.Mark()} {Volatile.Read(ref _changes)}");

    /// <summary>The catalog as it would be with another generation.</summary>
    public IReadOnlyDictionary<string, PluginDescription> With(PluginDescription description) =>
        new Dictionary<string, PluginDescription>(_catalog, StringComparer.Ordinal) { [description.Name] = description };

    /// <summary>What waits beside a generation for the jobs or other plugins to change, having been tried with these.</summary>
    public IReadOnlyList<PluginDescription> WaitingBeside(Generation generation, string mark) =>
        [.. _slots.Values.Where(slot => slot.Name != generation.Name && slot.CandidateMark == mark).Select(slot => slot.Candidate).OfType<PluginDescription>()];

    private PluginSlot New(string name) =>
        new(name, new PluginGate(name, options.Limits.GetValueOrDefault(name)?.MaxConcurrency ?? PluginLimits.DefaultConcurrency, time, logger));
}

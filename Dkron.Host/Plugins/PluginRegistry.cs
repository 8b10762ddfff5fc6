using System.Collections.Concurrent;
using Dkron.Host.Processing;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Plugins;

/// <summary>All plugins that are known, and the one way to use them.</summary>
internal sealed partial class PluginRegistry : IAsyncDisposable
{
    private static readonly TimeSpan UnloadLimit = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<string> _folders;
    private readonly SnapshotStore _store;
    private readonly GenerationUnloader _unloader;
    private readonly GenerationLoader _loader;
    private readonly PluginValidation _validation;
    private readonly ILogger<PluginRegistry> _logger;
    private readonly ConcurrentDictionary<string, PluginSlot> _slots = new(StringComparer.Ordinal);
    private volatile IReadOnlyDictionary<string, PluginDescription> _catalog = new Dictionary<string, PluginDescription>();
    private volatile IReadOnlyList<PluginStatus> _unsupported = [];

    /// <param name="folders">Where plugins are searched, in order; the last wins.</param>
    /// <param name="dataDirectory">Where their private copies are kept; owned by this registry alone while it lives.</param>
    /// <param name="loggers">For the registry and what plugins write.</param>
    /// <param name="time">The clock.</param>
    /// <param name="deadline">How long each step of a plugin's start may take; 10 s when not given.</param>
    public PluginRegistry(IReadOnlyList<string> folders, string dataDirectory, ILoggerFactory loggers, TimeProvider time, TimeSpan? deadline = null)
    {
        _folders = folders;
        _store = new SnapshotStore(dataDirectory, time);
        _unloader = new GenerationUnloader(loggers.CreateLogger<GenerationUnloader>(), time);
        _loader = new GenerationLoader(dataDirectory, _unloader, loggers, time) { Deadline = deadline ?? TimeSpan.FromSeconds(10) };
        _validation = new PluginValidation(_unloader, time);
        _logger = loggers.CreateLogger<PluginRegistry>();
    }

    /// <summary>Every name that a folder or an earlier run has ever known, usable or not.</summary>
    public IReadOnlyDictionary<string, PluginDescription> Catalog => _catalog;

    /// <summary>Every plugin and every generation that has not left memory, by name and generation.</summary>
    public IReadOnlyList<PluginStatus> Statuses =>
    [
        .. _slots.Values.Select(slot => slot.Describe())
            .Concat(_unloader.Leaving.Select(generation => generation.Describe()))
            .Concat(_unsupported)
            .OrderBy(status => status.Name, StringComparer.Ordinal).ThenBy(status => status.Generation),
    ];

    /// <summary>Takes the plugins of a chain. A name that is unavailable gives a lease that says why.</summary>
    public PluginLeases Acquire(IReadOnlyList<string> names)
    {
        var targets = new StepTarget[names.Count];
        for (var i = 0; i < targets.Length; i++)
        {
            targets[i] = Acquire(names[i], targets.AsSpan(0, i));
        }

        return new PluginLeases(targets);
    }

    /// <summary>Finds, checks and loads all plugins. What cannot be used is reported once, and everything else goes on.</summary>
    public async Task LoadAllAsync(CancellationToken cancellationToken)
    {
        _store.Open();
        var found = PluginDiscovery.Find(_folders);
        foreach (var folder in found.Missing)
        {
            LogMissingFolder(folder);
        }

        foreach (var problem in found.Problems)
        {
            LogProblem(problem);
        }

        foreach (var (name, version) in _store.KnownVersions())
        {
            SlotOf(name).LastSeenVersion = version;
        }

        _unsupported = [.. found.Sources.Where(source => PluginType.Find(source.Name.Type) is null).Select(Unsupported)];
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Math.Clamp(Environment.ProcessorCount, 2, 4) };
        await Parallel.ForEachAsync(found.Sources.Where(source => PluginType.Find(source.Name.Type) is not null), parallel, async (source, token) => await LoadAsync(source, token));
        _store.Prune(_slots.Values.Select(slot => slot.Current?.Snapshot.Folder).OfType<string>().ToHashSet(StringComparer.Ordinal));
        PublishCatalog();
    }

    /// <summary>Closes everything, waits for what is still in use, and unloads it.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var slot in _slots.Values)
        {
            Replace(slot, null);
        }

        if (!await _unloader.WaitAsync(UnloadLimit))
        {
            LogStillHeld(string.Join(", ", _unloader.Leaving.Select(generation => $"{generation.Name} #{generation.Number}")));
        }
    }

    private StepTarget Acquire(string name, ReadOnlySpan<StepTarget> earlier)
    {
        foreach (var target in earlier)
        {
            // Held already, so it can be held once more: the same name means the same generation throughout a chain.
            if (target is GenerationTarget { Generation: var held } && held.Name == name && held.TryAcquire())
            {
                return target;
            }
        }

        return !_slots.TryGetValue(name, out var slot) ? new UnavailableTarget($"plugin '{name}' is not installed")
            : slot.TryAcquire(out var generation) ? generation.Target
            : new UnavailableTarget(slot.Unavailable);
    }

    private PluginSlot SlotOf(string name) => _slots.GetOrAdd(name, static name => new PluginSlot(name));

    private async Task LoadAsync(PluginSource source, CancellationToken cancellationToken)
    {
        var slot = SlotOf(source.Name.Name);
        slot.Source = source;
        slot.Snapshot = null;
        foreach (var shadowed in source.Shadowed)
        {
            LogShadowed(source.Name.Name, source.Location, shadowed);
        }

#pragma warning disable CA1031 // Whatever is wrong with one plugin, the others are loaded.
        try
        {
            slot.Snapshot = await _store.TakeAsync(source, cancellationToken);
            var generation = await _loader.LoadAsync(source, slot.Snapshot, PluginType.Find(source.Name.Type)!, slot.NextNumber(), cancellationToken);
            slot.Refusal = null;
            Replace(slot, generation);
            _store.MarkGood(generation.Snapshot, generation.Version);
            LogLoaded(generation.Name, generation.Version, generation.Number, source.Location);
            foreach (var warning in generation.Warnings)
            {
                LogWarning(generation.Name, generation.Version, source.Location, warning);
            }
        }
        catch (PluginRefusedException e)
        {
            Refuse(slot, source, e.Message);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Refuse(slot, source, PluginFault.From(e).Summary);
        }
#pragma warning restore CA1031
    }

    private void Refuse(PluginSlot slot, PluginSource source, string reason)
    {
        slot.Refusal = reason;
        LogRefused(source.Name.Name, source.Location, reason);
    }

    private void Replace(PluginSlot slot, Generation? generation)
    {
        if (slot.Publish(generation) is { } before)
        {
            before.Close(GenerationState.Draining);
            _unloader.Retire(before);
        }
    }

    private PluginStatus Unsupported(PluginSource source)
    {
        var reason = $"plugins of type '{source.Name.Type}' are not supported by this version of dkron yet";
        LogUnsupported(source.Location, reason);
        return new PluginStatus { Name = source.Name.Name, Type = source.Name.Type, State = GenerationState.Rejected, Location = source.Location, Reason = reason, Shadowed = source.Shadowed };
    }

    private void PublishCatalog() => _catalog = _slots.Values.ToDictionary(
        slot => slot.Name,
        slot => slot.Current is { } current ? _validation.Describe(current) : new PluginDescription { Name = slot.Name, Unavailable = slot.Unavailable },
        StringComparer.Ordinal);

    [LoggerMessage(6001, LogLevel.Information, "Plugins: {Plugin} {Version} #{Generation} is ready, from {Location}")]
    private partial void LogLoaded(string plugin, string version, int generation, string location);

    [LoggerMessage(6002, LogLevel.Error, "Plugins: {Plugin} in {Location} is refused: {Reason}")]
    private partial void LogRefused(string plugin, string location, string reason);

    [LoggerMessage(6003, LogLevel.Warning, "Plugins: {Plugin} {Version} in {Location}: {Warning}")]
    private partial void LogWarning(string plugin, string version, string location, string warning);

    [LoggerMessage(6004, LogLevel.Information, "Plugins: {Plugin} is taken from {Location}; the one in {Shadowed} is not used")]
    private partial void LogShadowed(string plugin, string location, string shadowed);

    [LoggerMessage(6005, LogLevel.Warning, "Plugins: {Problem}")]
    private partial void LogProblem(string problem);

    [LoggerMessage(6006, LogLevel.Warning, "Plugins: {Location} is not used: {Reason}")]
    private partial void LogUnsupported(string location, string reason);

    [LoggerMessage(6007, LogLevel.Debug, "Plugins: there is no folder {Folder}")]
    private partial void LogMissingFolder(string folder);

    [LoggerMessage(6008, LogLevel.Warning, "Plugins: still in use and not unloaded: {Generations}")]
    private partial void LogStillHeld(string generations);
}

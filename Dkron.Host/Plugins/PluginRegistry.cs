using Dkron.Host.Processing;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Plugins;

/// <summary>All plugins that are known, and the one way to use them.</summary>
internal sealed partial class PluginRegistry : IAsyncDisposable
{
    private static readonly TimeSpan UnloadLimit = TimeSpan.FromSeconds(10);

    private readonly PluginThreads _threads = new();
    private readonly IReadOnlyList<string> _folders;
    private readonly SnapshotStore _store;
    private readonly GenerationUnloader _unloader;
    private readonly PluginSlots _slots;
    private readonly SlotEntry _entry;
    private readonly SlotRenewal _renewal;
    private readonly SnapshotPruning _pruning;
    private readonly StartFit _startFit;
    private readonly SightHandling _handling;
    private readonly PluginWatch _watch;
    private readonly PluginGauges _gauges;
    private readonly ILogger<PluginRegistry> _logger;
    private volatile IReadOnlyList<PluginStatus> _unsupported = [];

    /// <param name="folders">Where plugins are searched, in order; the last wins.</param>
    /// <param name="dataDirectory">Where their private copies are kept; owned by this registry alone while it lives.</param>
    /// <param name="loggers">For the registry and what plugins write.</param>
    /// <param name="time">The clock.</param>
    /// <param name="options">The settings; the defaults when not given.</param>
    /// <param name="patience">How long plugins are waited for; the defaults when not given.</param>
    public PluginRegistry(IReadOnlyList<string> folders, string dataDirectory, ILoggerFactory loggers, TimeProvider time, PluginOptions? options = null, PluginPatience? patience = null)
    {
        options ??= new PluginOptions();
        patience ??= new PluginPatience();
        _folders = folders;
        _logger = loggers.CreateLogger<PluginRegistry>();
        _store = new SnapshotStore(dataDirectory, time) { IsInUse = IsInUse };
        _unloader = new GenerationUnloader(loggers.CreateLogger<GenerationUnloader>(), _threads, time) { Unload = options.Unload == Unloading.On, RetainedAfter = patience.RetainedAfter };
        var validation = new PluginValidation(_unloader);
        _slots = new PluginSlots(options, validation, time, loggers.CreateLogger<PluginGate>());
        var loader = new GenerationLoader(dataDirectory, _unloader, loggers, time) { Deadline = patience.Deadline };
        var guard = new PluginGuard(options, loggers.CreateLogger<PluginGuard>());
        var log = new RenewalLog(_logger);
        _entry = new SlotEntry(_slots, _store, validation, loader, _unloader, guard, log);
        _pruning = new SnapshotPruning(_store, log);
        _renewal = new SlotRenewal(_slots, _store, _pruning, new GoodBuilds(_store), _entry, _unloader, guard, log);
        _startFit = new StartFit(_slots, _store, _entry, _renewal);
        var signs = new SignsOfChange();
        var watchLog = loggers.CreateLogger<PluginWatch>();
        _handling = new SightHandling(options, _slots, _renewal, _unloader, signs, _threads, time, watchLog) { UnquietAfter = patience.UnquietAfter };
        _watch = new PluginWatch(folders, options, _slots, signs, _handling, time, watchLog);
        _gauges = new PluginGauges(() => Statuses, time);
    }

    /// <summary>Names that another data directory has seen, with their last versions: known, though not from here.</summary>
    public IReadOnlyDictionary<string, string> AlsoKnown { get; init; } = new Dictionary<string, string>();

    /// <summary>Every name that a folder or an earlier run has ever known, usable or not.</summary>
    public IReadOnlyDictionary<string, PluginDescription> Catalog => _slots.Catalog;

    /// <summary>Every plugin and every generation that has not left memory, by name and generation.</summary>
    public IReadOnlyList<PluginStatus> Statuses =>
    [
        .. _slots.All.Select(slot => slot.Describe())
            .Concat(_unloader.Leaving.Where(generation => generation.State != GenerationState.Rejected || generation.Abandoned > 0).Select(generation => generation.Describe()))
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
    public Task LoadAllAsync(CancellationToken cancellationToken) => LoadAllAsync(null, cancellationToken);

    /// <summary>The same; builds that are new since the last run and do not fit the jobs are replaced by the last good ones.</summary>
    /// <param name="jobs">Whether the jobs can do with the plugins; null when there are none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task LoadAllAsync(JobsFit? jobs, CancellationToken cancellationToken)
    {
        _store.Open();
        ContractSurface.Prepare();
        var found = PluginDiscovery.Find(_folders);
        foreach (var folder in found.Missing)
        {
            LogMissingFolder(folder);
        }

        foreach (var problem in found.Problems)
        {
            LogProblem(problem);
        }

        foreach (var (name, version) in AlsoKnown.Concat(_store.KnownVersions()))
        {
            _slots.Of(name).LastSeenVersion = version;
        }

        _unsupported = [.. found.Sources.Where(source => PluginType.Find(source.Name.Type) is null).Select(Unsupported)];
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, TaskScheduler = _threads, MaxDegreeOfParallelism = Math.Clamp(Environment.ProcessorCount, 2, 4) };
        await Parallel.ForEachAsync(
            found.Sources.Where(source => PluginType.Find(source.Name.Type) is not null),
            parallel,
            async (source, token) => await _renewal.RenewAsync(source, isAsked: false, isNamed: false, token));
        await _threads.RunAsync(() => _startFit.EnsureAsync(jobs, cancellationToken));
        _pruning.Prune();
        _slots.Publish();
    }

    /// <summary>Follows the plugin folders until it is told to stop. After <see cref="LoadAllAsync(JobsFit?, CancellationToken)"/>.</summary>
    /// <param name="jobs">Whether the jobs can do with a plugin.</param>
    /// <param name="cancellationToken">Ends it; the plugins stay as they are.</param>
    public async Task WatchAsync(JobsFit? jobs, CancellationToken cancellationToken)
    {
        _entry.Jobs = jobs;
        await _watch.RunAsync(jobs, cancellationToken);
    }

    /// <summary>Looks at one plugin's folder, or at all, as if something had changed there; also builds that were refused are tried again.</summary>
    /// <remarks>Ends when what was found is loaded or refused.</remarks>
    /// <exception cref="PluginRefusedException">There is no plugin of that name.</exception>
    public Task ReloadAsync(string? name, CancellationToken cancellationToken) => _watch.ReloadAsync(name, cancellationToken);

    /// <summary>Goes back to the version of a plugin that worked before.</summary>
    /// <exception cref="PluginRefusedException">There is none, or it cannot be used any more.</exception>
    public async Task RollBackAsync(string name, CancellationToken cancellationToken)
    {
        var slot = _slots.Find(name) ?? throw new PluginRefusedException("there is no plugin of that name");
        await _threads.RunAsync(() => _renewal.RollBackAsync(slot, cancellationToken));
        _watch.CatalogChanged();
    }

    /// <summary>Closes everything, waits for what is still in use, and unloads it.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var slot in _slots.All)
        {
            _entry.Replace(slot, null);
        }

        if (await _unloader.WaitAsync(UnloadLimit) is { Count: > 0 } held)
        {
            LogStillHeld(string.Join(", ", held.Select(generation => $"{generation.Name} {generation.Version} #{generation.Number} ({generation.Abandoned} abandoned calls)")));
        }

        _gauges.Dispose();
        _unloader.Dispose();
        _handling.Dispose();
        _entry.Dispose();
    }

    private bool IsInUse(string folder) =>
        _slots.All.Select(slot => slot.Current).OfType<Generation>().Concat(_unloader.Leaving).Any(generation => generation.Snapshot.Folder == folder);

    private StepTarget Acquire(string name, ReadOnlySpan<StepTarget> earlier)
    {
        foreach (var target in earlier)
        {
            // Held already: the same name means the same generation throughout a chain.
            if (target is GenerationTarget { Generation: var held } && held.Name == name)
            {
                return target;
            }
        }

        return _slots.Find(name) is not { } slot ? new UnavailableTarget($"plugin '{name}' is not installed")
            : slot.TryAcquire(out var generation) ? generation.Target
            : new UnavailableTarget(slot.Unavailable, slot.IsDelivery);
    }

    private PluginStatus Unsupported(PluginSource source)
    {
        var reason = $"plugins of type '{source.Name.Type}' are not supported by this version of dkron yet";
        LogUnsupported(source.Location, reason);
        return new PluginStatus { Name = source.Name.Name, Type = source.Name.Type, State = GenerationState.Rejected, Location = source.Location, Reason = reason, Shadowed = source.Shadowed };
    }

    [LoggerMessage(6005, LogLevel.Warning, "Plugins: {Problem}")]
    private partial void LogProblem(string problem);

    [LoggerMessage(6006, LogLevel.Warning, "Plugins: {Location} is not used: {Reason}")]
    private partial void LogUnsupported(string location, string reason);

    [LoggerMessage(6007, LogLevel.Debug, "Plugins: there is no folder {Folder}")]
    private partial void LogMissingFolder(string folder);

    [LoggerMessage(6008, LogLevel.Warning, "Plugins: still in use and not unloaded: {Generations}")]
    private partial void LogStillHeld(string generations);
}

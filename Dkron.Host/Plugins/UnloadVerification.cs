using Microsoft.Extensions.Logging;

namespace Dkron.Host.Plugins;

/// <summary>Sees to it that unloaded generations really leave memory, and says so when one does not.</summary>
/// <remarks>
/// On a thread of its own, since a continuation may run below a plugin's frame that is the last to hold it. It nudges the
/// collector with background collections only: a blocking one would stop every job of a big host for a tenth of a second.
/// </remarks>
internal sealed partial class UnloadVerification(ILogger logger, TimeProvider time) : IDisposable
{
    private const int MinCollections = 3;
    private const int SoonNudges = 10;
    private static readonly TimeSpan SoonLook = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LateLook = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PassiveLook = TimeSpan.FromSeconds(10);

    private readonly object _lock = new();
    private readonly List<UnloadingGeneration> _added = [];
    private bool _started;
    private bool _ended;

    /// <summary>How many nudges came one after the other. While there are any, what is added waits for the next.</summary>
    private int _nudges;

    /// <summary>How long a generation may take before it counts as retained.</summary>
    public TimeSpan RetainedAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Watches a generation that has been unloaded.</summary>
    public void Add(Generation generation)
    {
        lock (_lock)
        {
            _added.Add(new UnloadingGeneration(generation, time.GetTimestamp(), GC.CollectionCount(2)));
            if (_nudges == 0)
            {
                Monitor.Pulse(_lock);
            }

            if (!_started)
            {
                _started = true;
                new Thread(Watch) { IsBackground = true, Name = "dkron unloading" }.Start();
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _ended = true;
            Monitor.Pulse(_lock);
        }
    }

    private void Watch()
    {
        var watched = new List<UnloadingGeneration>();
        var wait = SoonLook;
        while (true)
        {
            lock (_lock)
            {
                if (!_ended && (_nudges > 0 || _added.Count == 0))
                {
                    Monitor.Wait(_lock, watched.Count == 0 ? Timeout.InfiniteTimeSpan : wait);
                }

                if (_ended)
                {
                    return;
                }

                watched.AddRange(_added);
                _added.Clear();
            }

            watched.RemoveAll(IsGone);
            watched.ForEach(Judge);
            wait = Nudge(watched);
        }
    }

    private TimeSpan Nudge(List<UnloadingGeneration> watched)
    {
        var isHoped = watched.Exists(one => !one.IsGivenUp);
        lock (_lock)
        {
            _nudges = isHoped ? _nudges + 1 : 0;
        }

        if (!isHoped)
        {
            return PassiveLook;
        }

        GC.Collect(2, GCCollectionMode.Forced, blocking: false);

        // Each collection halts all calls for a moment, so versions that keep coming are seen out many at a time.
        return _nudges <= SoonNudges ? SoonLook : LateLook;
    }

    private bool IsGone(UnloadingGeneration one)
    {
        var generation = one.Generation;
        if (!generation.Content.IsGone)
        {
            return false;
        }

        var age = time.GetElapsedTime(one.UnloadedAt).TotalSeconds;
        PluginMeters.Unloaded.Add(1);
        if (generation.State != GenerationState.Rejected)
        {
            LogUnloaded(generation.Name, generation.Version, generation.Number, age);
        }

        return true;
    }

    private void Judge(UnloadingGeneration one)
    {
        var collections = GC.CollectionCount(2);
        if (one.IsGivenUp || time.GetElapsedTime(one.UnloadedAt) < RetainedAfter || collections - one.CollectionsBefore < MinCollections)
        {
            return;
        }

        if (one.CollectionsAtClearing is not { } cleared)
        {
            Tell(one);

            // Only now: all else that runs has to fill these caches again.
            FrameworkCaches.Clear();
            one.CollectionsAtClearing = collections;
            one.Generation.State = GenerationState.Retained;
        }
        else
        {
            one.IsGivenUp = collections - cleared >= MinCollections;
        }
    }

    private void Tell(UnloadingGeneration one)
    {
        var generation = one.Generation;
        var holder = HolderOf(generation);
        generation.Holder = $"it was unloaded but something holds it in memory: {holder}";
        PluginMeters.Retained.Add(1);
        LogRetained(generation.Name, generation.Version, generation.Number, time.GetElapsedTime(one.UnloadedAt).TotalSeconds, holder);
    }

    private static string HolderOf(Generation generation)
    {
        var known = new List<string>();
        if (generation.Abandoned > 0)
        {
            known.Add($"{generation.Abandoned} abandoned calls still run");
        }

        known.AddRange(generation.Overdue.Select(what => $"{what} still runs"));
        known.AddRange(generation.Risks);
        return known.Count > 0 ? string.Join("; ", known) : "not known what; a thread, timer, task or event handler of its own that goes on after DisposeAsync is likely, see the authors' page on unloading";
    }

    [LoggerMessage(6032, LogLevel.Information, "Plugins: {Plugin} {Version} #{Generation} has left memory, {Seconds:0.0} s after it was unloaded")]
    private partial void LogUnloaded(string plugin, string version, int generation, double seconds);

    [LoggerMessage(6033, LogLevel.Warning, "Plugins: {Plugin} {Version} #{Generation} is still in memory {Seconds:0} s after it was unloaded: {Holder}")]
    private partial void LogRetained(string plugin, string version, int generation, double seconds, string holder);

    /// <summary>A generation on its way out.</summary>
    private sealed class UnloadingGeneration(Generation generation, long unloadedAt, int collectionsBefore)
    {
        public Generation Generation => generation;

        public long UnloadedAt => unloadedAt;

        public int CollectionsBefore => collectionsBefore;

        public int? CollectionsAtClearing { get; set; }

        /// <summary>Whether the collector is not nudged for it any more; it may leave all the same.</summary>
        public bool IsGivenUp { get; set; }
    }
}

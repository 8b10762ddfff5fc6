using Microsoft.Extensions.Logging;

namespace Dkron.Host.Plugins;

/// <summary>Notices what changes in the plugin folders, waits until it stays as it is, and hands it on.</summary>
/// <remarks>
/// A sign of change only ever means: look again. Links that are led elsewhere, network disks, writes through mmap and folders
/// made anew give no signs, so everything is looked at every other second as well, and read as a whole every ten minutes.
/// One loop, on a thread of its own, owns all that was seen; the work itself is done beside it.
/// </remarks>
internal sealed partial class PluginWatch(
    IReadOnlyList<string> folders,
    PluginOptions options,
    PluginSlots slots,
    SignsOfChange signs,
    SightHandling handling,
    TimeProvider time,
    ILogger<PluginWatch> logger)
{
    private static readonly TimeSpan SignPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LookWhileDraining = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, PluginSight> _sights = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly Lock _asking = new();
    private List<(string? Name, TaskCompletionSource Done)> _asked = [];
    private bool _isRunning;

    /// <summary>Looks at one plugin, or at all, now; ends when what was found is handled.</summary>
    /// <exception cref="PluginRefusedException">There is no plugin of that name, or nobody watches.</exception>
    public async Task ReloadAsync(string? name, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_asking)
        {
            if (!_isRunning)
            {
                throw new PluginRefusedException("the plugin folders are not watched now: the host is starting or stopping");
            }

            _asked.Add((name, done));
        }

        signs.Wake();
        await done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Notes that other plugins than before can be used.</summary>
    public void CatalogChanged() => handling.CatalogChanged();

    /// <summary>Watches until it is told to stop.</summary>
    public async Task RunAsync(JobsFit? jobs, CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_asking)
        {
            _isRunning = true;
        }

        new Thread(() => Run(jobs, ended, cancellationToken)) { IsBackground = true, Name = "dkron plugin folders" }.UnsafeStart();
        try
        {
            await ended.Task;
        }
        finally
        {
            await EndAsync();
        }
    }

    private void Run(JobsFit? jobs, TaskCompletionSource ended, CancellationToken cancellationToken)
    {
        var watchers = folders.Select(folder => (Folder: folder, Events: new FolderEvents(folder, signs.Add))).ToList();
        using var stop = cancellationToken.UnsafeRegister(static signs => ((SignsOfChange)signs!).Wake(), signs);
#pragma warning disable CA1031 // The top of the thread: whoever awaits the end gets it.
        try
        {
            Follow(watchers, jobs, cancellationToken);
            ended.SetResult();
        }
        catch (Exception e)
        {
            ended.SetException(e);
        }
#pragma warning restore CA1031
        finally
        {
            watchers.ForEach(watcher => watcher.Events.Dispose());
        }
    }

    private void Follow(List<(string Folder, FolderEvents Events)> watchers, JobsFit? jobs, CancellationToken cancellationToken)
    {
        Discover(isFirst: true);
        var (polledAt, hashedAt) = ((long?)null, time.GetTimestamp());
        while (!cancellationToken.IsCancellationRequested)
        {
            var isPoll = polledAt is not { } at || time.GetElapsedTime(at) >= options.PollInterval;
            if (isPoll)
            {
                polledAt = time.GetTimestamp();
                Renew(watchers);
            }

            if (time.GetElapsedTime(hashedAt) >= options.HashInterval)
            {
                hashedAt = time.GetTimestamp();
                handling.HashAll([.. _sights.Values], cancellationToken);
            }

            if (Look(isPoll))
            {
                watchers.ForEach(watcher => watcher.Events.Distrust());
                Renew(watchers);
            }

            foreach (var sight in _sights.Values)
            {
                handling.DropCandidate(sight);
            }

            if (isPoll)
            {
                handling.TryCandidates(jobs, _sights.Values, cancellationToken);
                handling.TryAgain(_sights.Values);
            }

            foreach (var gone in _sights.Where(sight => !handling.Step(sight.Value, cancellationToken)).Select(sight => sight.Key).ToList())
            {
                _sights.Remove(gone);
            }

            handling.Recheck(jobs, cancellationToken);
            signs.Wait(NextLook(polledAt ?? 0), SignPause);
        }
    }

    private async Task EndAsync()
    {
        List<(string? Name, TaskCompletionSource Done)> asked;
        lock (_asking)
        {
            (_isRunning, asked, _asked) = (false, _asked, []);
        }

        asked.ForEach(one => one.Done.TrySetCanceled());
        foreach (var waiter in _sights.Values.SelectMany(sight => sight.Waiters))
        {
            waiter.TrySetCanceled();
        }

        await handling.EndAsync(_sights.Values);
    }

    private void Renew(List<(string Folder, FolderEvents Events)> watchers)
    {
        foreach (var (folder, events) in watchers)
        {
            events.Renew();
            if (events.Problem is { } problem && _told.Add(folder + problem))
            {
                LogUnwatched(folder, options.PollInterval.TotalSeconds, problem);
            }
        }
    }

    /// <summary>Sees what is there: all that is not what it was counts as touched now.</summary>
    /// <returns>Whether anything has changed of which there was no sign.</returns>
    private bool Look(bool isPoll)
    {
        var (touched, isAll) = signs.Take();
        var asked = TakeAsked();
        var since = time.GetTimestamp();

        // At each poll too: where the links in a folder lead to shows in nothing of the folder itself.
        if (isAll || isPoll || touched.Any(name => !_sights.TryGetValue(name, out var known) || known.Source.IsDropIn || known.HasMoved()) || asked.Count > 0)
        {
            Discover(isFirst: false);
        }

        var now = time.GetTimestamp();
        foreach (var (name, sight) in _sights)
        {
            if (touched.Contains(name))
            {
                sight.Look();
                sight.Touch(now);
            }
            else if ((isPoll || isAll) && sight.HasMoved() && sight.Look())
            {
                sight.Touch(now);
            }
        }

        asked.ForEach(Ask);
        return !isAll && _sights.Any(sight => !touched.Contains(sight.Key) && (sight.Value.ChangedAt >= since || sight.Value.GoneAt >= since));
    }

    private List<(string? Name, TaskCompletionSource Done)> TakeAsked()
    {
        lock (_asking)
        {
            var asked = _asked;
            _asked = [];
            return asked;
        }
    }

    private void Ask((string? Name, TaskCompletionSource Done) asked)
    {
        var sights = _sights.Values.Where(sight => asked.Name is null || sight.Source.Name.Name == asked.Name).ToList();
        if (sights.Count == 0 && asked.Name is { } name)
        {
            asked.Done.TrySetException(new PluginRefusedException(slots.Find(name) is null ? "there is no plugin of that name" : "its folder is not there"));
            return;
        }

        var waiters = sights.ConvertAll(sight =>
        {
            sight.IsAsked = true;
            sight.IsNamed |= asked.Name is not null;
            if (sight.Look())
            {
                sight.Touch(time.GetTimestamp());
            }

            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            sight.Waiters.Add(waiter);
            return waiter.Task;
        });
        _ = Task.WhenAll(waiters).ContinueWith(all => _ = all.IsCanceled ? asked.Done.TrySetCanceled() : asked.Done.TrySetResult(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void Discover(bool isFirst)
    {
        var now = time.GetTimestamp();
        var found = PluginDiscovery.Find(folders);
        foreach (var problem in found.Problems.Where(problem => !isFirst && _told.Add(problem)))
        {
            LogProblem(problem);
        }

        var sources = found.Sources.Where(source => PluginType.Find(source.Name.Type) is not null).ToDictionary(source => source.Name.AssemblyName, StringComparer.Ordinal);
        var outOfSight = _sights.Where(sight => found.IsOutOfSight(sight.Value.Source)).Select(sight => sight.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, source) in sources.Where(source => !outOfSight.Contains(source.Key)))
        {
            See(name, source, isFirst, now);
        }

        foreach (var sight in _sights.Where(sight => !sources.ContainsKey(sight.Key) && !outOfSight.Contains(sight.Key)).Select(sight => sight.Value))
        {
            sight.GoneAt ??= now;
        }
    }

    private void See(string name, PluginSource source, bool isFirst, long now)
    {
        if (!_sights.TryGetValue(name, out var sight))
        {
            sight = new PluginSight(source);
            _sights.Add(name, sight);
            sight.Look();
            if (isFirst && slots.Find(source.Name.Name) is { Snapshot: { } taken })
            {
                // What was loaded at the start is not loaded again, but what has changed since then is.
                sight.Handle(taken.Files);
            }

            sight.Touch(now);
        }
        else if (sight.GoneAt is not null || sight.Source.Location != source.Location || !sight.Source.Shadowed.SequenceEqual(source.Shadowed))
        {
            sight.GoneAt = null;
            sight.IsGoneTold = false;
            sight.Source = source;
            sight.Look();
            sight.Touch(now);
        }
    }

    private TimeSpan NextLook(long polledAt)
    {
        var next = options.PollInterval - time.GetElapsedTime(polledAt);
        foreach (var sight in _sights.Values.Where(sight => sight.Work.IsCompleted && sight.GoneAt is null && !sight.IsHandled))
        {
            var quiet = sight.IsDrainTold ? LookWhileDraining : options.SettleTime - time.GetElapsedTime(sight.ChangedAt);
            next = quiet < next ? quiet : next;
        }

        return next > TimeSpan.Zero ? next : TimeSpan.FromMilliseconds(1);
    }

    [LoggerMessage(6060, LogLevel.Warning, "Plugins: no signs of change come from {Folder}, so changes are noticed within {Seconds:0.#} s only: {Problem}")]
    private partial void LogUnwatched(string folder, double seconds, string problem);

    [LoggerMessage(6061, LogLevel.Warning, "Plugins: {Problem}")]
    private partial void LogProblem(string problem);
}

using Microsoft.Extensions.Logging;

namespace Dkron.Host.Plugins;

/// <summary>Decides when what was seen of a plugin is handed on, and does so.</summary>
internal sealed partial class SightHandling(
    PluginOptions options,
    PluginSlots slots,
    SlotRenewal renewal,
    GenerationUnloader unloader,
    SignsOfChange signs,
    PluginThreads threads,
    TimeProvider time,
    ILogger logger) : IDisposable
{
    private static readonly TimeSpan LongestRepeat = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _working = new(Math.Clamp(Environment.ProcessorCount, 2, 8));
    private volatile bool _catalogChanged;
    private Task _recheck = Task.CompletedTask;
    private Task _hashing = Task.CompletedTask;

    /// <summary>How long a plugin's files may keep changing before that is reported.</summary>
    public TimeSpan UnquietAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Notes that other plugins than before can be used.</summary>
    public void CatalogChanged()
    {
        _catalogChanged = true;
        signs.Wake();
    }

    /// <summary>Does what is due with one plugin.</summary>
    /// <returns>False when it is gone for good.</returns>
    public bool Step(PluginSight sight, CancellationToken cancellationToken)
    {
        if (!sight.Work.IsCompleted)
        {
            return true;
        }

        if (sight.GoneAt is { } gone)
        {
            return !Close(sight, gone, cancellationToken);
        }

        if (sight.IsHandled)
        {
            // It is what it was, whatever there were signs of.
            sight.Handle();
            sight.Waiters.ForEach(waiter => waiter.TrySetResult());
            sight.Waiters.Clear();
        }
        else if (IsQuiet(sight) && HasRoom(sight))
        {
            HandOn(sight, cancellationToken);
        }

        return true;
    }

    /// <summary>Reads all plugins as a whole, unless that is still being done.</summary>
    public void HashAll(IReadOnlyList<PluginSight> sights, CancellationToken cancellationToken)
    {
        if (_hashing.IsCompleted)
        {
            _hashing = threads.RunAsync(() => Hash(sights, cancellationToken));
        }
    }

    /// <summary>Has the jobs checked again when the plugins have changed.</summary>
    public void Recheck(JobsFit? jobs, CancellationToken cancellationToken)
    {
        if (_catalogChanged && jobs is not null && _recheck.IsCompleted)
        {
            _catalogChanged = false;
            _recheck = Run(() => RecheckAsync(jobs, cancellationToken));
        }
    }

    /// <summary>Tries plugins again that did not fit the jobs, when the settings or other plugins have changed meanwhile.</summary>
    public void TryCandidates(JobsFit? jobs, IReadOnlyCollection<PluginSight> sights, CancellationToken cancellationToken)
    {
        if (jobs is null)
        {
            return;
        }

        string? mark = null;
        foreach (var sight in sights.Where(sight => sight.Work.IsCompleted))
        {
            if (slots.Find(sight.Source.Name.Name) is { IsWaiting: true } slot && !slot.WasTriedWith(mark ??= slots.Mark(jobs)))
            {
                sight.Forget();
            }
        }

        // Not while others are on their way: those are what it counts on.
        foreach (var sight in sights.Where(sight => sight.Work.IsCompleted && !sights.Any(IsOnItsWay)))
        {
            if (slots.Find(sight.Source.Name.Name) is { EarlyMark: { } early } slot && early != (mark ??= slots.Mark(jobs)))
            {
                Begin(sight, () => renewal.ReviewAsync(slot, cancellationToken), cancellationToken);
            }
        }
    }

    /// <summary>Has a build that waited count for others no longer when it does not lie in its folder any more as it was tried.</summary>
    public void DropCandidate(PluginSight sight)
    {
        if ((sight.GoneAt is not null || !sight.IsHandled) && slots.Find(sight.Source.Name.Name) is { Candidate: not null } slot)
        {
            slot.Candidate = null;

            // Also when it lies there again before it was looked at.
            sight.Forget();
        }
    }

    /// <summary>Tries plugins again whose refusal had a reason outside of their files, such as a full disk or the mode of a folder above: more seldom each time.</summary>
    public void TryAgain(IEnumerable<PluginSight> sights)
    {
        foreach (var sight in sights.Where(sight => sight.Work.IsCompleted && sight.IsHandled))
        {
            var wait = TimeSpan.FromTicks(Math.Min(LongestRepeat.Ticks, options.PollInterval.Ticks << Math.Min(sight.Repeats, 10)));
            if (slots.Find(sight.Source.Name.Name) is { MayPass: true } && time.GetElapsedTime(sight.HandedOnAt) >= wait)
            {
                sight.Repeats++;
                sight.Forget();
            }
        }
    }

    /// <summary>Ends when all that was begun has ended.</summary>
    public async Task EndAsync(IEnumerable<PluginSight> sights) =>
        await Task.WhenAll([_recheck, _hashing, .. sights.Select(sight => sight.Work)]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public void Dispose() => _working.Dispose();

    private bool Close(PluginSight sight, long gone, CancellationToken cancellationToken)
    {
        var slot = slots.Of(sight.Source.Name.Name);
        if (slot.Current is not null && time.GetElapsedTime(gone) < options.RemovalGrace)
        {
            if (!sight.IsGoneTold)
            {
                sight.IsGoneTold = true;
                LogGone(slot.Name, sight.Source.Location, options.RemovalGrace.TotalSeconds);
            }

            return false;
        }

        sight.Waiters.ForEach(waiter => waiter.TrySetResult());
        Begin(sight, () => renewal.RemoveAsync(slot, cancellationToken), cancellationToken);
        return true;
    }

    private static bool IsOnItsWay(PluginSight sight) =>
        !sight.Work.IsCompleted || sight is { GoneAt: null, IsHandled: false, IsUnquietTold: false, IsDrainTold: false };

    private bool IsQuiet(PluginSight sight)
    {
        if (time.GetElapsedTime(sight.ChangedAt) >= options.SettleTime)
        {
            if (!sight.Look())
            {
                return true;
            }

            sight.Touch(time.GetTimestamp());
        }

        if (sight.UnquietSince is { } since && !sight.IsUnquietTold && time.GetElapsedTime(since) >= UnquietAfter)
        {
            sight.IsUnquietTold = true;
            LogUnquiet(sight.Source.Name.Name, sight.Source.Location, UnquietAfter.TotalSeconds, options.SettleTime);
        }

        return false;
    }

    private bool HasRoom(PluginSight sight)
    {
        var draining = unloader.DrainingOf(sight.Source.Name.Name);
        if (draining < GenerationUnloader.MaxDraining)
        {
            return true;
        }

        if (!sight.IsDrainTold)
        {
            sight.IsDrainTold = true;
            LogDraining(sight.Source.Name.Name, draining);
        }

        return false;
    }

    private void HandOn(PluginSight sight, CancellationToken cancellationToken)
    {
        var (source, isAsked, isNamed) = (sight.Source, sight.IsAsked, sight.IsNamed);
        sight.Handle();
        sight.HandedOnAt = time.GetTimestamp();
        Begin(sight, () => renewal.RenewAsync(source, isAsked, isNamed, cancellationToken), cancellationToken);
    }

    private void Begin(PluginSight sight, Func<Task> work, CancellationToken cancellationToken) =>
        sight.Work = Run(() => WorkAsync(slots.Of(sight.Source.Name.Name), work, cancellationToken));

    private Task Run(Func<Task> work)
    {
        var running = threads.RunAsync(work);

        // Not from within the work: whoever is woken looks whether it has ended.
        _ = running.ContinueWith(_ => signs.Wake(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return running;
    }

    private async Task WorkAsync(PluginSlot slot, Func<Task> work, CancellationToken cancellationToken)
    {
#pragma warning disable CA1031 // The top of background work: whatever goes wrong with one plugin, the others must go on.
        try
        {
            await _working.WaitAsync(cancellationToken);
            try
            {
                var before = slot.Current;
                await work();
                if (slot.Current != before)
                {
                    CatalogChanged();
                }
            }
            finally
            {
                _working.Release();
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(slot.Name, e);
        }
        catch (OperationCanceledException)
        {
            // The host ends.
        }
#pragma warning restore CA1031
    }

    private void Hash(IReadOnlyList<PluginSight> sights, CancellationToken cancellationToken)
    {
        foreach (var sight in sights.TakeWhile(_ => !cancellationToken.IsCancellationRequested))
        {
            try
            {
                if (slots.Find(sight.Source.Name.Name)?.Snapshot is { } taken && TreeHash.Of(sight.Source) != taken.Hash)
                {
                    sight.IsStale = true;
                    signs.Wake();
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or PluginRefusedException)
            {
                // It changes just now, or cannot be used: the next look finds out.
            }
        }
    }

    private async Task RecheckAsync(JobsFit jobs, CancellationToken cancellationToken)
    {
#pragma warning disable CA1031 // The top of background work.
        try
        {
            await jobs.RecheckAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed("checking the jobs again", e);
        }
#pragma warning restore CA1031
    }

    [LoggerMessage(6062, LogLevel.Warning, "Plugins: {Plugin} in {Location} has kept changing for {Seconds:0} s; what runs is kept until it stays as it is for {Settle}")]
    private partial void LogUnquiet(string plugin, string location, double seconds, TimeSpan settle);

    [LoggerMessage(6063, LogLevel.Warning, "Plugins: {Plugin} waits with its next version: {Count} earlier ones are still in use")]
    private partial void LogDraining(string plugin, int count);

    [LoggerMessage(6064, LogLevel.Error, "Plugins: {What} failed")]
    private partial void LogFailed(string what, Exception e);

    [LoggerMessage(6065, LogLevel.Information, "Plugins: the folder of {Plugin}, {Location}, is gone; it is used for {Seconds:0} s more, in case it comes back")]
    private partial void LogGone(string plugin, string location, double seconds);
}

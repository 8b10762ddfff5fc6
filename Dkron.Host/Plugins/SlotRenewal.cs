using Microsoft.Extensions.Logging;

namespace Dkron.Host.Plugins;

/// <summary>Takes what lies in a plugin's folder into its slot, or says why what was there before stays.</summary>
/// <remarks>One change of a slot at a time; different slots are changed at the same time.</remarks>
internal sealed partial class SlotRenewal(
    PluginSlots slots,
    SnapshotStore store,
    GenerationLoader loader,
    GenerationUnloader unloader,
    PluginGuard guard,
    ILogger<PluginRegistry> logger)
{
    /// <summary>Whether jobs can do with a plugin; null before there are any.</summary>
    public JobsFit? Jobs { get; set; }

    /// <summary>Whether what is loaded counts as good. At the start not before it is known that the jobs can do with it.</summary>
    public bool CountsAsGood { get; set; }

    /// <summary>Looks at what lies in the folder, and loads it if it is another build than the one that runs.</summary>
    /// <param name="source">Where it lies.</param>
    /// <param name="isAsked">Whether somebody asked for it: then a build that was refused is tried again.</param>
    /// <param name="isNamed">Whether they asked for this one: then one that was gone back from is as well.</param>
    /// <param name="cancellationToken">Gives up; what runs goes on.</param>
    public async Task RenewAsync(PluginSource source, bool isAsked, bool isNamed, CancellationToken cancellationToken)
    {
        var slot = slots.Of(source.Name.Name);
        await slot.Changing.WaitAsync(cancellationToken);
        var before = slot.Current;
        try
        {
            NoteSource(slot, source);
            await RenewAsync(slot, source, isAsked, isNamed, cancellationToken);
        }
        finally
        {
            End(slot, source.Name, before);
        }
    }

    /// <summary>Goes back to the version that worked before.</summary>
    /// <exception cref="PluginRefusedException">There is none, or it cannot be used any more.</exception>
    public async Task RollBackAsync(PluginSlot slot, CancellationToken cancellationToken)
    {
        await slot.Changing.WaitAsync(cancellationToken);
        var before = slot.Current;
        var name = (before?.Source ?? slot.Source)?.Name;
        try
        {
            var source = slot.Current?.Source ?? slot.Source ?? throw new PluginRefusedException("it is not installed");
            if (unloader.DrainingOf(slot.Name) is >= GenerationUnloader.MaxDraining and var draining)
            {
                throw new PluginRefusedException($"{draining} earlier ones are still in use; look for calls that hang");
            }

            var running = slot.Current?.Snapshot.Hash;
            var earlier = GoodBuilds(source.Name).Where(good => good.Hash != running).ToList();
            var target = earlier switch
            {
                [] => throw new PluginRefusedException("there is no earlier version of it that worked"),
                [var last, var previous] when store.Find(source.Name, last.Hash) is null => previous,
                [var last, ..] => last,
            };
            var snapshot = Whole(source.Name, target.Hash);
            var noted = store.RolledBack(source.Name);
            try
            {
                // Noted first: a host that is killed in between starts with the version that was asked for.
                store.RollBack(source.Name, (target.Hash, slot.Snapshot?.Hash ?? running ?? ""));
                await LoadAsync(slot, source, snapshot, cancellationToken);
            }
            catch
            {
                store.RollBack(source.Name, noted);
                throw;
            }

            GoBack(slot);
            LogWentBack(slot.Name, target.Version);
        }
        finally
        {
            End(slot, name, before);
        }
    }

    /// <summary>Puts the last good build in the place of another one, which is not looked at again.</summary>
    /// <returns>False when the last good one cannot be used.</returns>
    public async Task<bool> PutBackAsync(PluginSlot slot, PluginSource source, CancellationToken cancellationToken)
    {
        await slot.Changing.WaitAsync(cancellationToken);
        var before = slot.Current;
        try
        {
            return await LoadLastGoodAsync(slot, source, "it does not fit the jobs", cancellationToken);
        }
        finally
        {
            End(slot, source.Name, before);
        }
    }

    /// <summary>Takes a plugin out of use whose folder is gone.</summary>
    public async Task RemoveAsync(PluginSlot slot, CancellationToken cancellationToken)
    {
        await slot.Changing.WaitAsync(cancellationToken);
        var before = slot.Current;
        var name = (before?.Source ?? slot.Source)?.Name;
        try
        {
            if (slot.Current is { } current)
            {
                slot.LastSeenVersion = current.Version;
                LogRemoved(slot.Name, current.Version, current.Source.Location);
            }

            (slot.Source, slot.Snapshot, slot.Refusal, slot.RefusedHash, slot.Candidate, slot.Departure, slot.Told) = (null, null, null, null, null, null, null);
            Replace(slot, null);
        }
        finally
        {
            End(slot, name, before);
        }
    }

    /// <summary>Makes a generation current, or none, and sees the one before out.</summary>
    public Generation? Replace(PluginSlot slot, Generation? generation)
    {
        // Published first: a chain that begins in between must find a live one.
        var before = slot.Publish(generation);
        if (before is not null)
        {
            before.Close(GenerationState.Draining);
            unloader.Retire(before);
        }

        return before;
    }

    /// <summary>Notes that a generation works, for a restart with one that does not.</summary>
    public void Remember(Generation generation)
    {
        try
        {
            store.MarkGood(generation.Snapshot, generation.Version);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogWarning(generation.Name, generation.Version, generation.Source.Location, $"it works, but that cannot be remembered: {e.Message}");
        }
    }

    private void End(PluginSlot slot, PluginName? name, Generation? before)
    {
        if (name is not null)
        {
            Prune(name);
        }

        slot.Changing.Release();
        slots.Publish();
        if (slot.Current != before)
        {
            slots.CountChange();
        }
    }

    /// <summary>Also after a refusal: what is copied and not used would fill the disk, build by build.</summary>
    private void Prune(PluginName name)
    {
        try
        {
            store.Prune(name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be removed now is tried again at the next change and at the next start.
        }
    }

    private void NoteSource(PluginSlot slot, PluginSource source)
    {
        foreach (var shadowed in source.Shadowed.Except(slot.Source?.Shadowed ?? []))
        {
            LogShadowed(slot.Name, source.Location, shadowed);
        }

        slot.Source = source;
    }

    private async Task RenewAsync(PluginSlot slot, PluginSource source, bool isAsked, bool isNamed, CancellationToken cancellationToken)
    {
        slot.Snapshot = null;
#pragma warning disable CA1031 // Whatever is wrong with one plugin, the others are loaded.
        try
        {
            var snapshot = slot.Snapshot = await store.TakeAsync(source, cancellationToken);
            if (store.RolledBack(source.Name) is { } back && back.From != snapshot.Hash)
            {
                // Over for good: when the build that was gone back from comes again, somebody wants it.
                store.RollBack(source.Name, null);
            }

            if (snapshot.Hash == slot.Current?.Snapshot.Hash)
            {
                Settle(slot);
            }
            else if ((isNamed || !await StaysBackAsync(slot, source, snapshot, cancellationToken)) && (isAsked || slot.RefusedHash != snapshot.Hash))
            {
                guard.Check(source, snapshot);
                await LoadAsync(slot, source, snapshot, cancellationToken);
                store.RollBack(source.Name, null);
                Settle(slot);
            }
        }
        catch (PluginRefusedException e)
        {
            await RefuseAsync(slot, source, e.Message, e.MayPass, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            await RefuseAsync(slot, source, PluginFault.From(e).Summary, mayPass: true, cancellationToken);
        }
#pragma warning restore CA1031
    }

    private static void Settle(PluginSlot slot) => (slot.Refusal, slot.RefusedHash, slot.Candidate, slot.Departure, slot.Told) = (null, null, null, null, null);

    private static void GoBack(PluginSlot slot)
    {
        Settle(slot);
        slot.Departure = $"the operator went back to this version; a new build in its folder or dkron plugins reload {slot.Name} ends that";
    }

    /// <summary>Whether the operator went back from this very build; after a restart, the version they went back to is loaded.</summary>
    private async Task<bool> StaysBackAsync(PluginSlot slot, PluginSource source, PluginSnapshot found, CancellationToken cancellationToken)
    {
        if (store.RolledBack(source.Name) is not { } back || back.From != found.Hash)
        {
            return false;
        }

        if (slot.Current is null && store.Find(source.Name, back.Hash) is { } earlier)
        {
            try
            {
                await LoadAsync(slot, source, earlier, cancellationToken);
            }
            catch (PluginRefusedException e)
            {
                LogNotBack(slot.Name, e.Message);
            }
        }

        if (slot.Current is null)
        {
            return false;
        }

        GoBack(slot);
        return true;
    }

    private async Task LoadAsync(PluginSlot slot, PluginSource source, PluginSnapshot snapshot, CancellationToken cancellationToken)
    {
        guard.CheckAllowed(snapshot);
        var generation = await loader.LoadAsync(source, snapshot, PluginType.Find(source.Name.Type)!, slot, cancellationToken);
        var mark = Jobs is null ? null : slots.Mark(Jobs);
        if (Misfits(generation, cancellationToken) is { Count: > 0 } problems)
        {
            (slot.Candidate, slot.CandidateMark) = (PluginValidation.DescribeUnasked(generation), mark);
            throw new PluginRefusedException($"{generation.Version} does not fit the jobs: {string.Join("; ", problems.Take(3))}{(problems.Count > 3 ? $"; and {problems.Count - 3} more" : "")}; it is tried again when the settings, other plugins or its files change") { MayPass = true };
        }

        var before = Replace(slot, generation);
        if (CountsAsGood)
        {
            Remember(generation);
        }

        PluginMeters.Loaded.Add(1);
        if (before is null)
        {
            LogLoaded(generation.Name, generation.Version, generation.Number, source.Location);
        }
        else
        {
            LogSwapped(generation.Name, generation.Version, generation.Number, before.Version, before.Number, source.Location);
        }

        foreach (var warning in generation.Warnings.Except(before?.Warnings ?? []))
        {
            LogWarning(generation.Name, generation.Version, source.Location, warning);
        }
    }

    /// <summary>What would be wrong with the jobs because of a generation, which then is on its way out.</summary>
    private IReadOnlyList<string> Misfits(Generation generation, CancellationToken cancellationToken)
    {
        IReadOnlyList<string>? problems = null;
        try
        {
            problems = Jobs?.Problems(slots.With(generation), slots.Catalog, cancellationToken) ?? [];
            if (problems.Count > 0 && slots.WithCandidatesAnd(generation) is { } together && Jobs!.Problems(together, slots.Catalog, cancellationToken).Count == 0)
            {
                // The settings need others as well that wait: these are tried again as soon as this one is there.
                problems = [];
            }

            return problems;
        }
        finally
        {
            if (problems is not { Count: 0 })
            {
                generation.Close(GenerationState.Rejected);
                unloader.Retire(generation);
            }
        }
    }

    private async Task RefuseAsync(PluginSlot slot, PluginSource source, string reason, bool mayPass, CancellationToken cancellationToken)
    {
        slot.Refusal = reason;
        slot.RefusedHash = mayPass ? null : slot.Snapshot?.Hash;
        var told = $"{slot.Snapshot?.Hash} {reason}";
        if (slot.Told != told)
        {
            slot.Told = told;
            PluginMeters.Refused.Add(1);
            LogRefused(slot.Name, source.Location, reason);
        }

        if (slot.Current is null)
        {
            await LoadLastGoodAsync(slot, source, reason, cancellationToken);
        }
        else if (slot.Departure is not null)
        {
            slot.Departure = LastGoodSince(reason);
        }
    }

    private static string LastGoodSince(string reason) => $"this is the last good build; the one in its folder is refused: {reason}";

    private async Task<bool> LoadLastGoodAsync(PluginSlot slot, PluginSource source, string reason, CancellationToken cancellationToken)
    {
        if (store.LastGood(source.Name)?.Hash == slot.Snapshot?.Hash)
        {
            return false;
        }

        foreach (var (hash, version) in GoodBuilds(source.Name).Where(good => good.Hash != slot.Snapshot?.Hash))
        {
            try
            {
                await LoadAsync(slot, source, Whole(source.Name, hash), cancellationToken);
                slot.Departure = LastGoodSince(reason);
                LogLastGood(slot.Name, version, source.Location);
                return true;
            }
            catch (PluginRefusedException e)
            {
                LogLastGoodRefused(slot.Name, version, e.Message);
            }
        }

        return false;
    }

    /// <summary>The builds that worked, the last one first.</summary>
    private List<(string Hash, string Version)> GoodBuilds(PluginName name) =>
        [.. new[] { store.LastGood(name), store.PreviousGood(name) }.Where(good => good is not null).Select(good => good.GetValueOrDefault())];

    private PluginSnapshot Whole(PluginName name, string hash) => store.Find(name, hash) ?? throw new PluginRefusedException("its private copy is not whole any more");

    [LoggerMessage(6001, LogLevel.Information, "Plugins: {Plugin} {Version} #{Generation} is ready, from {Location}")]
    private partial void LogLoaded(string plugin, string version, int generation, string location);

    [LoggerMessage(6002, LogLevel.Error, "Plugins: {Plugin} in {Location} is refused: {Reason}")]
    private partial void LogRefused(string plugin, string location, string reason);

    [LoggerMessage(6003, LogLevel.Warning, "Plugins: {Plugin} {Version} in {Location}: {Warning}")]
    private partial void LogWarning(string plugin, string version, string location, string warning);

    [LoggerMessage(6004, LogLevel.Information, "Plugins: {Plugin} is taken from {Location}; the one in {Shadowed} is not used")]
    private partial void LogShadowed(string plugin, string location, string shadowed);

    [LoggerMessage(6009, LogLevel.Information, "Plugins: {Plugin} {Version} #{Generation} replaces {Before} #{GenerationBefore}, from {Location}")]
    private partial void LogSwapped(string plugin, string version, int generation, string before, int generationBefore, string location);

    [LoggerMessage(6010, LogLevel.Warning, "Plugins: {Plugin} runs its last good version {Version}, since what lies in {Location} is refused")]
    private partial void LogLastGood(string plugin, string version, string location);

    [LoggerMessage(6011, LogLevel.Error, "Plugins: the last good version {Version} of {Plugin} cannot be used either: {Reason}")]
    private partial void LogLastGoodRefused(string plugin, string version, string reason);

    [LoggerMessage(6012, LogLevel.Information, "Plugins: {Plugin} {Version} is closed; its folder {Location} is gone")]
    private partial void LogRemoved(string plugin, string version, string location);

    [LoggerMessage(6013, LogLevel.Information, "Plugins: {Plugin} went back to {Version}, as it was told to")]
    private partial void LogWentBack(string plugin, string version);

    [LoggerMessage(6014, LogLevel.Error, "Plugins: the version that the operator went back to cannot be used for {Plugin}: {Reason}")]
    private partial void LogNotBack(string plugin, string reason);
}

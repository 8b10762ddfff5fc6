namespace Dkron.Host.Plugins;

/// <summary>Takes what lies in a plugin's folder into its slot, or says why what was there before stays.</summary>
/// <remarks>One change of a slot at a time; different slots are changed at the same time.</remarks>
internal sealed class SlotRenewal(
    PluginSlots slots,
    SnapshotStore store,
    SnapshotPruning pruning,
    GoodBuilds goodBuilds,
    SlotEntry entry,
    GenerationUnloader unloader,
    PluginGuard guard,
    RenewalLog log)
{
    private const string TriedAgain = "it is tried again when the settings, other plugins or its files change";

    /// <summary>Looks at what lies in the folder, and loads it if it is another build than the one that runs.</summary>
    /// <param name="source">Where it lies.</param>
    /// <param name="isAsked">Whether somebody asked for it: then a build that was refused is tried again.</param>
    /// <param name="isNamed">Whether they asked for this one: then one that was gone back from is as well.</param>
    /// <param name="cancellationToken">Gives up; what runs goes on.</param>
    public async Task RenewAsync(PluginSource source, bool isAsked, bool isNamed, CancellationToken cancellationToken)
    {
        var slot = slots.Of(source.Name.Name);
        await slot.Changing.WaitAsync(cancellationToken);
        try
        {
            NoteSource(slot, source);
            await RenewAsync(slot, source, isAsked, isNamed, cancellationToken);
        }
        finally
        {
            End(slot, source.Name);
        }
    }

    /// <summary>Goes back to the version that worked before.</summary>
    /// <exception cref="PluginRefusedException">There is none, or it cannot be used any more.</exception>
    public async Task RollBackAsync(PluginSlot slot, CancellationToken cancellationToken)
    {
        await slot.Changing.WaitAsync(cancellationToken);
        var name = (slot.Current?.Source ?? slot.Source)?.Name;
        try
        {
            var source = slot.Current?.Source ?? slot.Source ?? throw new PluginRefusedException("it is not installed");
            if (unloader.DrainingOf(slot.Name) is >= GenerationUnloader.MaxDraining and var draining)
            {
                throw new PluginRefusedException($"{draining} earlier ones are still in use; look for calls that hang");
            }

            var running = slot.Current?.Snapshot.Hash;
            var (snapshot, version) = goodBuilds.Before(source.Name, running);
            var isForward = snapshot.Hash == slot.Snapshot?.Hash;
            var noted = store.RolledBack(source.Name);
            try
            {
                // Noted first: a host that is killed in between starts with the version that was asked for.
                store.RollBack(source.Name, isForward ? null : (snapshot.Hash, slot.Snapshot?.Hash ?? running ?? ""));
                await entry.TakeAsync(slot, source, snapshot, cancellationToken);
            }
            catch
            {
                store.RollBack(source.Name, noted);
                throw;
            }

            Settle(slot);
            slot.Departure = isForward ? null : WentBack(slot);
            log.WentBack(slot.Name, version);
        }
        finally
        {
            End(slot, name);
        }
    }

    /// <summary>Puts the last good build in the place of another one, or nothing when there is none that can be used. Tells nothing of it: whether it stays is not known yet.</summary>
    /// <returns>Whether it was put there.</returns>
    public async Task<bool> PutBackAsync(PluginSlot slot, PluginSource source, CancellationToken cancellationToken)
    {
        await slot.Changing.WaitAsync(cancellationToken);
        try
        {
            var newer = slot.Current;
            await LoadLastGoodAsync(slot, source, "it does not fit the jobs", cancellationToken);
            if (slot.Current != newer)
            {
                return true;
            }

            entry.Replace(slot, null);
            return false;
        }
        finally
        {
            End(slot, source.Name);
        }
    }

    /// <summary>Looks again at a build that was taken because others waited with which the settings would hold: it is good if they came, and makes way for the last good one if they did not.</summary>
    public async Task ReviewAsync(PluginSlot slot, CancellationToken cancellationToken)
    {
        await slot.Changing.WaitAsync(cancellationToken);
        var name = (slot.Current?.Source ?? slot.Source)?.Name;
        try
        {
            if (slot is not { EarlyMark: not null, Current: { } current } || entry.Jobs is not { } jobs)
            {
                return;
            }

            if (entry.JobsFitNow(cancellationToken))
            {
                slot.EarlyMark = null;
                entry.Remember(current);
                return;
            }

            slot.EarlyMark = slots.Mark(jobs);
            if (current.Snapshot.Hash != slot.Snapshot?.Hash)
            {
                // It was gone back to: there is nothing better.
                return;
            }

            var reason = $"{current.Version} fits the jobs only together with another plugin's new build, which did not come; {TriedAgain}";
            await FallBackAsync(slot, current.Source, reason, cancellationToken);
            if (goodBuilds.Of(current.Source.Name).Count == 0)
            {
                entry.Replace(slot, null);
            }

            if (slot.Current != current)
            {
                // It lies in its folder all the same, and the other one may come yet.
                (slot.Candidate, slot.CandidateMark) = (PluginValidation.DescribeUnasked(current, []), slots.Mark(jobs));
                await RefuseAsync(slot, current.Source, reason, mayPass: true, cancellationToken);
            }
        }
        finally
        {
            End(slot, name);
        }
    }

    /// <summary>Tells of a last good build that was put in the place of another one, if it is still there.</summary>
    public void TellPutBack(PluginSlot slot)
    {
        if (slot is { Departure: not null, Current: { } current })
        {
            log.LastGood(slot.Name, current.Version, current.Source.Location);
        }
    }

    /// <summary>Takes a plugin out of use whose folder is gone.</summary>
    public async Task RemoveAsync(PluginSlot slot, CancellationToken cancellationToken)
    {
        await slot.Changing.WaitAsync(cancellationToken);
        var name = (slot.Current?.Source ?? slot.Source)?.Name;
        try
        {
            if (slot.Current is { } current)
            {
                slot.LastSeenVersion = current.Version;
                log.Removed(slot.Name, current.Version, current.Source.Location);
            }

            Settle(slot);
            (slot.Source, slot.Snapshot) = (null, null);
            entry.Replace(slot, null);
        }
        finally
        {
            End(slot, name);
        }
    }

    private void End(PluginSlot slot, PluginName? name)
    {
        if (name is not null)
        {
            // Also after a refusal: what is copied and not used would fill the disk, build by build.
            pruning.Prune(name);
        }

        slot.Changing.Release();
        slots.Publish();
    }

    private void NoteSource(PluginSlot slot, PluginSource source)
    {
        foreach (var shadowed in source.Shadowed.Except(slot.Source?.Shadowed ?? []))
        {
            log.Shadowed(slot.Name, source.Location, shadowed);
        }

        slot.Source = source;
    }

    private async Task RenewAsync(PluginSlot slot, PluginSource source, bool isAsked, bool isNamed, CancellationToken cancellationToken)
    {
        // What waited is tried now: whether it waits on is seen then.
        (slot.Snapshot, slot.Candidate, slot.LastGoodMark) = (null, null, isAsked ? null : slot.LastGoodMark);
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
            else if (isNamed || !await StaysBackAsync(slot, source, snapshot, cancellationToken))
            {
                await TryAsync(slot, source, snapshot, isAsked, cancellationToken);
            }
        }
        catch (PluginRefusedException e)
        {
            await RefuseAsync(slot, source, slot.Candidate is null ? e.Message : $"{e.Message}; {TriedAgain}", e.MayPass, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            await RefuseAsync(slot, source, PluginFault.From(e).Summary, mayPass: true, cancellationToken);
        }
#pragma warning restore CA1031
    }

    private async Task TryAsync(PluginSlot slot, PluginSource source, PluginSnapshot snapshot, bool isAsked, CancellationToken cancellationToken)
    {
        if (isAsked || slot.RefusedHash != snapshot.Hash)
        {
            guard.Check(source, snapshot);
            await entry.TakeAsync(slot, source, snapshot, cancellationToken);
            store.RollBack(source.Name, null);
            Settle(slot);
        }
        else if (slot is { Current: null, Refusal: { } reason })
        {
            await FallBackAsync(slot, source, reason, cancellationToken);
        }
    }

    private static void Settle(PluginSlot slot)
    {
        (slot.Refusal, slot.RefusedHash, slot.Candidate, slot.LastGoodMark, slot.Departure, slot.Told, slot.MayPass) = (null, null, null, null, null, null, false);
        slot.ToldOfEarlier.Clear();
    }

    private static string WentBack(PluginSlot slot) => $"the operator went back to this version; a new build in its folder or dkron plugins reload {slot.Name} ends that";

    /// <summary>Whether the operator went back from this very build; after a restart, the version they went back to is loaded.</summary>
    private async Task<bool> StaysBackAsync(PluginSlot slot, PluginSource source, PluginSnapshot found, CancellationToken cancellationToken)
    {
        if (store.RolledBack(source.Name) is not { } back || back.From != found.Hash)
        {
            return false;
        }

        if (slot.Current is null)
        {
            if (store.Find(source.Name, back.Hash) is not { } copy)
            {
                TellNotBack(slot, GoodBuilds.NotWhole);
                return false;
            }

            try
            {
                await entry.TakeAsync(slot, source, copy, cancellationToken);
            }
            catch (PluginRefusedException e)
            {
                // It worked once, and may again: what they went back from is what they do not want.
                TellNotBack(slot, e.Message);
                (slot.Refusal, slot.RefusedHash, slot.MayPass) = ($"the version that the operator went back to cannot be used now: {e.Message}; it is tried again, and dkron plugins reload {slot.Name} takes what lies in its folder", null, true);
                return true;
            }
        }

        Settle(slot);
        slot.Departure = WentBack(slot);
        return true;
    }

    private void TellNotBack(PluginSlot slot, string reason)
    {
        if (slot.ToldOfEarlier.Add(reason))
        {
            log.NotBack(slot.Name, reason);
        }
    }

    private async Task RefuseAsync(PluginSlot slot, PluginSource source, string reason, bool mayPass, CancellationToken cancellationToken)
    {
        slot.Refusal = reason;
        slot.RefusedHash = mayPass ? null : slot.Snapshot?.Hash;

        // A candidate waits for the settings, and they tell when they change.
        slot.MayPass = mayPass && slot.Candidate is null;
        var told = $"{slot.Snapshot?.Hash} {reason}";
        if (slot.Told != told)
        {
            slot.Told = told;
            PluginMeters.Refused.Add(1);
            log.Refused(slot.Name, source.Location, reason);
        }

        if (slot.Current is null)
        {
            await FallBackAsync(slot, source, reason, cancellationToken);
        }
        else if (slot.Departure is not null)
        {
            slot.Departure = LastGoodSince(reason);
        }
    }

    private static string LastGoodSince(string reason) => $"this is the last good build; the one in its folder is refused: {reason}";

    private async Task FallBackAsync(PluginSlot slot, PluginSource source, string reason, CancellationToken cancellationToken)
    {
        var before = slot.Current;
        await LoadLastGoodAsync(slot, source, reason, cancellationToken);
        if (slot.Current != before)
        {
            TellPutBack(slot);
        }
    }

    private async Task LoadLastGoodAsync(PluginSlot slot, PluginSource source, string reason, CancellationToken cancellationToken)
    {
        var mark = entry.Jobs is null ? null : slots.Mark(entry.Jobs);
        if (mark is not null && mark == slot.LastGoodMark)
        {
            return;
        }

        slot.LastGoodMark = null;
#pragma warning disable CA1031 // What is wrong with the disk now may be in order soon, and must not end the start of a host.
        try
        {
            if (store.LastGood(source.Name)?.Hash != slot.Snapshot?.Hash)
            {
                await LoadLastGoodAsync(slot, source, reason, mark, cancellationToken);
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            slot.MayPass = true;
            var summary = PluginFault.From(e).Summary;
            if (slot.ToldOfEarlier.Add(summary))
            {
                log.LastGoodRefused(slot.Name, slot.LastSeenVersion, summary);
            }
        }
#pragma warning restore CA1031
    }

    private async Task LoadLastGoodAsync(PluginSlot slot, PluginSource source, string reason, string? mark, CancellationToken cancellationToken)
    {
        foreach (var (hash, version) in goodBuilds.Of(source.Name).Where(one => one.Hash != slot.Snapshot?.Hash))
        {
            try
            {
                await entry.TakeAsync(slot, source, goodBuilds.Find(source.Name, hash), cancellationToken);
                (slot.Departure, slot.LastGoodMark) = (LastGoodSince(reason), null);
                slot.MayPass &= slot.RefusedHash is null;
                return;
            }
            catch (PluginRefusedException e)
            {
                if (e.IsMisfit)
                {
                    slot.LastGoodMark = mark;
                }

                if (slot.ToldOfEarlier.Add($"{hash} {e.Message}"))
                {
                    log.LastGoodRefused(slot.Name, version, e.IsMisfit ? $"{e.Message}; it is tried again when the settings or other plugins change" : e.Message);
                }
            }
        }
    }
}

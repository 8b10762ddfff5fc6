namespace Dkron.Host.Plugins;

/// <summary>Sees to it at the start that the jobs can do with the plugins: a build that came while the host was down, or that was refused before, must not keep it from starting.</summary>
internal sealed class StartFit(PluginSlots slots, SnapshotStore store, SlotEntry entry, SlotRenewal renewal)
{
    private static readonly Dictionary<string, PluginDescription> Nothing = [];

    /// <summary>Puts last good builds in the place of new ones if the jobs cannot do with these, and from then on has what is loaded count as good.</summary>
    public async Task EnsureAsync(JobsFit? jobs, CancellationToken cancellationToken)
    {
        slots.Publish();
        var newer = jobs is null ? [] : slots.All.Where(slot => IsNewerThanLastGood(slot, jobs)).ToList();
        if (newer.Count > 0 && jobs!.Problems(slots.Catalog, Nothing, cancellationToken).Count > 0)
        {
            await TakeOneByOneAsync(newer, jobs, cancellationToken);
        }

        entry.CountsAsGood = true;
        foreach (var early in slots.All.Where(slot => slot.EarlyMark is not null))
        {
            // Nobody else comes before the jobs are read.
            await renewal.ReviewAsync(early, cancellationToken);
        }

        foreach (var current in slots.All.Where(slot => slot.EarlyMark is null).Select(slot => slot.Current).OfType<Generation>())
        {
            entry.Remember(current);
        }
    }

    /// <summary>Goes back with all first, since nobody can tell which of them the jobs cannot do with, and then tries each as if it had come now: again as long as others came that it may need.</summary>
    private async Task TakeOneByOneAsync(IReadOnlyList<PluginSlot> newer, JobsFit jobs, CancellationToken cancellationToken)
    {
        var back = newer.Select(slot => (Slot: slot, slot.Current!.Source)).ToList();
        var putBack = new List<PluginSlot>();
        foreach (var (slot, source) in back)
        {
            if (await renewal.PutBackAsync(slot, source, cancellationToken))
            {
                putBack.Add(slot);
            }
        }

        entry.Jobs = jobs;
        bool isChanged;
        do
        {
            isChanged = false;
            foreach (var (slot, source) in back)
            {
                var before = slot.Current;
                await renewal.RenewAsync(source, isAsked: false, isNamed: false, cancellationToken);
                isChanged |= slot.Current != before;
            }

            back.RemoveAll(one => one.Slot.Candidate is null);
        }
        while (isChanged && back.Count > 0);

        // Only now: some may have been taken again.
        putBack.ForEach(renewal.TellPutBack);
    }

    private bool IsNewerThanLastGood(PluginSlot slot, JobsFit jobs) =>
        slot.Current is { } current && (store.LastGood(current.Source.Name) is { } good ? good.Hash != current.Snapshot.Hash : jobs.HaveBeenGood());
}

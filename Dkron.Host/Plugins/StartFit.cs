namespace Dkron.Host.Plugins;

/// <summary>Sees to it at the start that the jobs can do with the plugins: a build that came while the host was down, or that was refused before, must not keep it from starting.</summary>
internal sealed class StartFit(PluginSlots slots, SnapshotStore store, SlotEntry entry, SlotRenewal renewal)
{
    private static readonly Dictionary<string, PluginDescription> Nothing = [];

    /// <summary>Puts last good builds in the place of new ones if the jobs cannot do with these, and from then on has what is loaded count as good.</summary>
    public async Task EnsureAsync(JobsFit? jobs, CancellationToken cancellationToken)
    {
        slots.Publish();
        var newer = jobs is null ? [] : slots.All.Where(IsNewerThanLastGood).ToList();
        if (newer.Count > 0 && jobs!.Problems(slots.Catalog, Nothing, cancellationToken).Count > 0)
        {
            await TakeOneByOneAsync(newer, jobs, cancellationToken);
        }

        entry.CountsAsGood = true;
        foreach (var current in slots.All.Select(slot => slot.Current).OfType<Generation>())
        {
            entry.Remember(current);
        }
    }

    /// <summary>Goes back with all first, since nobody can tell which of them the jobs cannot do with, and then tries each as if it had come now.</summary>
    private async Task TakeOneByOneAsync(IReadOnlyList<PluginSlot> newer, JobsFit jobs, CancellationToken cancellationToken)
    {
        var back = new List<(PluginSlot Slot, PluginSource Source)>();
        foreach (var slot in newer)
        {
            if (slot.Source is { } source && await renewal.PutBackAsync(slot, source, cancellationToken))
            {
                back.Add((slot, source));
            }
        }

        entry.Jobs = jobs;
        foreach (var (_, source) in back)
        {
            await renewal.RenewAsync(source, isAsked: false, isNamed: false, cancellationToken);
        }
    }

    private bool IsNewerThanLastGood(PluginSlot slot) =>
        slot.Current is { } current && store.LastGood(current.Source.Name) is { } good && good.Hash != current.Snapshot.Hash;
}

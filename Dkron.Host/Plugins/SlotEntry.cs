namespace Dkron.Host.Plugins;

/// <summary>Takes a build into its slot if the jobs can do with it.</summary>
/// <remarks>Builds of different plugins are loaded at the same time, and decided on one after the other.</remarks>
internal sealed class SlotEntry(
    PluginSlots slots,
    SnapshotStore store,
    PluginValidation validation,
    GenerationLoader loader,
    GenerationUnloader unloader,
    PluginGuard guard,
    RenewalLog log) : IDisposable
{
    private static readonly Dictionary<string, PluginDescription> Nothing = [];

    // Two that need each other and are decided on at the same time would not see each other, and wait for ever.
    private readonly SemaphoreSlim _deciding = new(1);

    /// <summary>Whether jobs can do with a plugin; null before there are any.</summary>
    public JobsFit? Jobs { get; set; }

    /// <summary>Whether what is loaded counts as good. At the start not before it is known that the jobs can do with it.</summary>
    public bool CountsAsGood { get; set; }

    /// <summary>Loads a build and makes it current.</summary>
    /// <exception cref="PluginRefusedException">It cannot be used; what was current before still is.</exception>
    public async Task TakeAsync(PluginSlot slot, PluginSource source, PluginSnapshot snapshot, CancellationToken cancellationToken)
    {
        guard.CheckAllowed(snapshot);
        var generation = await loader.LoadAsync(source, snapshot, PluginType.Find(source.Name.Type)!, slot, cancellationToken);
        var before = await DecideAsync(slot, generation, cancellationToken);
        if (CountsAsGood && slot.EarlyMark is null)
        {
            Remember(generation);
        }

        PluginMeters.Loaded.Add(1);
        if (before is null)
        {
            log.Loaded(generation.Name, generation.Version, generation.Number, source.Location);
        }
        else
        {
            log.Swapped(generation.Name, generation.Version, generation.Number, before.Version, before.Number, source.Location);
        }

        foreach (var warning in generation.Warnings.Except(before?.Warnings ?? []))
        {
            log.Warning(generation.Name, generation.Version, source.Location, warning);
        }
    }

    /// <summary>Makes a generation current, or none, and sees the one before out.</summary>
    public Generation? Replace(PluginSlot slot, Generation? generation)
    {
        // Published first: a chain that begins in between must find a live one.
        var before = slot.Publish(generation);
        slot.EarlyMark = null;
        if (before is not null)
        {
            before.Close(GenerationState.Draining);
            unloader.Retire(before);
        }

        slots.Publish();
        if (before != generation)
        {
            slots.CountChange();
        }

        return before;
    }

    /// <summary>Whether the jobs can do with what is current now, and so would at a start.</summary>
    public bool JobsFitNow(CancellationToken cancellationToken) => Jobs is null || Jobs.Problems(slots.Catalog, Nothing, cancellationToken).Count == 0;

    /// <summary>Notes that a generation works, for a restart with one that does not.</summary>
    public void Remember(Generation generation)
    {
        try
        {
            store.MarkGood(generation.Snapshot, generation.Version);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Warning(generation.Name, generation.Version, generation.Source.Location, $"it works, but that cannot be remembered: {e.Message}");
        }
    }

    public void Dispose() => _deciding.Dispose();

    private async Task<Generation?> DecideAsync(PluginSlot slot, Generation generation, CancellationToken cancellationToken)
    {
        var isTaken = false;
        try
        {
            await _deciding.WaitAsync(cancellationToken);
            try
            {
                var isEarly = CountsOnOthers(slot, generation, cancellationToken);
                isTaken = true;
                var before = Replace(slot, generation);
                slot.EarlyMark = isEarly ? "" : null;
                return before;
            }
            finally
            {
                _deciding.Release();
            }
        }
        finally
        {
            if (!isTaken)
            {
                generation.Close(GenerationState.Rejected);
                unloader.Retire(generation);
            }
        }
    }

    /// <returns>Whether the jobs can do with it only when others come that wait.</returns>
    /// <exception cref="PluginRefusedException">They cannot do with it.</exception>
    private bool CountsOnOthers(PluginSlot slot, Generation generation, CancellationToken cancellationToken)
    {
        if (Jobs is not { } jobs)
        {
            return false;
        }

        var mark = slots.Mark(jobs);
        var description = validation.Describe(generation);
        var problems = jobs.Problems(slots.With(description), slots.Catalog, cancellationToken);
        IReadOnlyList<string> objections = [];
        var heard = description with { Validate = (config, token) => description.Validate(config, token) is { Count: > 0 } found ? objections = found : [] };

        if (problems.Count == 0)
        {
            return false;
        }

        // The settings may need others as well that wait: these are tried again as soon as this one is there.
        if (jobs.FitsWithSomeOf(slots.With(heard), slots.WaitingBeside(generation, mark), cancellationToken))
        {
            return true;
        }

        // Only what lies in the folder waits: what is gone back to is another build.
        if (ReferenceEquals(generation.Snapshot, slot.Snapshot))
        {
            (slot.Candidate, slot.CandidateMark) = (PluginValidation.DescribeUnasked(generation, objections), mark);
        }

        throw new PluginRefusedException($"{generation.Version} does not fit the jobs: {string.Join("; ", problems.Take(3))}{(problems.Count > 3 ? $"; and {problems.Count - 3} more" : "")}") { MayPass = true, IsMisfit = true };
    }
}

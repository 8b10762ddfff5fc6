namespace Dkron.Host.Plugins;

/// <summary>The builds of a plugin that worked: what a host falls back on, and what an operator goes back to.</summary>
internal sealed class GoodBuilds(SnapshotStore store)
{
    public const string NotWhole = "its private copy is not whole any more";

    /// <summary>The last one and the one before it, as far as there are any.</summary>
    public IReadOnlyList<(string Hash, string Version)> Of(PluginName name) =>
        [.. new[] { store.LastGood(name), store.PreviousGood(name) }.Where(good => good is not null).Select(good => good.GetValueOrDefault())];

    /// <summary>The copy of one.</summary>
    /// <exception cref="PluginRefusedException">It is not whole any more.</exception>
    public PluginSnapshot Find(PluginName name, string hash) => store.Find(name, hash) ?? throw new PluginRefusedException(NotWhole);

    /// <summary>What to go back to from the build that runs.</summary>
    /// <exception cref="PluginRefusedException">There is none, or none that is whole.</exception>
    public (PluginSnapshot Snapshot, string Version) Before(PluginName name, string? running)
    {
        var (hash, version) = Of(name).Where(good => good.Hash != running).ToList() switch
        {
            [] => throw new PluginRefusedException("there is no earlier version of it that worked"),
            [var last, var previous] when store.Find(name, last.Hash) is null => previous,
            [var last, ..] => last,
        };
        return (Find(name, hash), version);
    }
}

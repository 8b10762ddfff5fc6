namespace Dkron.Host.Plugins;

/// <summary>How plugins ask whether the jobs can do with them, and tell that the plugins have changed.</summary>
internal sealed record JobsFit
{
    /// <summary>What would be wrong with the jobs if the first were the plugins, and is not when the second are; one sentence each.</summary>
    public required Func<IReadOnlyDictionary<string, PluginDescription>, IReadOnlyDictionary<string, PluginDescription>, CancellationToken, IReadOnlyList<string>> Problems { get; init; }

    /// <summary>Whether the settings as they stand have no problem with the first plugins and some of the second, each of which removes problems and adds none.</summary>
    public required Func<IReadOnlyDictionary<string, PluginDescription>, IReadOnlyList<PluginDescription>, CancellationToken, bool> FitsWithSomeOf { get; init; }

    /// <summary>Whether there are settings that were good once: until then, what is wrong with the jobs is no plugin's fault.</summary>
    public required Func<bool> HaveBeenGood { get; init; }

    /// <summary>Tells settings apart, also ones that were refused.</summary>
    public required Func<string> Mark { get; init; }

    /// <summary>Has the jobs checked again.</summary>
    public required Func<CancellationToken, Task> RecheckAsync { get; init; }
}

using System.Collections.Concurrent;

namespace Dkron.Host.Plugins;

/// <summary>Removes copies of builds that nobody needs any more, and tells once when that cannot be done.</summary>
/// <remarks>From any thread.</remarks>
internal sealed class SnapshotPruning(SnapshotStore store, RenewalLog log)
{
    private const string AllPlugins = "all plugins";

    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);

    /// <summary>Those of all plugins.</summary>
    public void Prune() => Prune(AllPlugins, store.Prune);

    /// <summary>Those of one plugin.</summary>
    public void Prune(PluginName name) => Prune(name.Name, () => store.Prune(name));

    private void Prune(string plugin, Action prune)
    {
        try
        {
            prune();
            _told.TryRemove(plugin, out _);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (_told.TryAdd(plugin, true))
            {
                log.NotPruned(plugin, e.Message);
            }
        }
    }
}

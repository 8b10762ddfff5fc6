using System.Reflection;
using McMaster.NETCore.Plugins;

namespace Dkron.Host.Plugins;

/// <summary>What every plugin takes from the host in any case: the contract and all that the contract needs.</summary>
/// <remarks>
/// McMaster's loader finds the same set by itself, but anew for each plugin by loading each assembly by its name, which was
/// most of the time that loading a plugin took. Found once here, and handed to it with the search switched off.
/// </remarks>
internal static class SharedAssemblies
{
    // A search that fails is not kept.
    private static readonly Lazy<IReadOnlyList<AssemblyName>> All = new(Find, LazyThreadSafetyMode.PublicationOnly);

    public static void Configure(PluginConfig config)
    {
        config.IsLazyLoaded = true;
        foreach (var name in All.Value)
        {
            config.SharedAssemblies.Add(name);
        }
    }

    private static List<AssemblyName> Find()
    {
        var found = new Dictionary<string, AssemblyName>(StringComparer.Ordinal);
        var waiting = new Queue<AssemblyName>(PluginType.All.Select(type => type.Contract.Assembly.GetName()));
        while (waiting.TryDequeue(out var name))
        {
            if (found.TryAdd(name.Name ?? "", name))
            {
                Array.ForEach(Assembly.Load(name).GetReferencedAssemblies(), waiting.Enqueue);
            }
        }

        return [.. found.Values];
    }
}

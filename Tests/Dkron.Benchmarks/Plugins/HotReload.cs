using Dkron.Abstractions;
using McMaster.NETCore.Plugins;

namespace Dkron.Benchmarks.Plugins;

/// <summary>The peer: McMaster's own hot reload, used as its documentation shows.</summary>
internal sealed class HotReload : IDisposable
{
    private readonly PluginLoader _loader;
    private volatile IExecutionProcessor? _current;

    public HotReload(string assembly, bool isWatching = true)
    {
        _loader = PluginLoader.CreateFromAssemblyFile(assembly, isUnloadable: true, sharedTypes: [typeof(IExecutionProcessor)], config => config.EnableHotReload = isWatching);
        _loader.Reloaded += (_, _) => Load();
        Load();
    }

    public IExecutionProcessor Current => _current!;

    public void Dispose() => _loader.Dispose();

    private void Load()
    {
        var type = _loader.LoadDefaultAssembly().GetTypes().First(type => typeof(IExecutionProcessor).IsAssignableFrom(type) && !type.IsAbstract);
        _current = (IExecutionProcessor)Activator.CreateInstance(type)!;
    }
}

using System.Runtime.CompilerServices;
using Dkron.Abstractions;
using McMaster.NETCore.Plugins;
using Microsoft.Extensions.DependencyInjection;
using Scrutor;

namespace Dkron.Host.Plugins;

/// <summary>All that the host holds of a plugin's own: its load context, its services and its instance. Nothing else may keep any of it.</summary>
internal sealed class GenerationContent
{
    private PluginLoader? _loader;
    private ServiceProvider? _services;
    private WeakReference? _context;
    private volatile bool _isLetGo;

    /// <summary>The plugin's one instance; null before it is constructed and after it is unloaded.</summary>
    public object? Instance { get; private set; }

    /// <summary>Whether it was let go of and its load context, if one was made, has left memory.</summary>
    public bool IsGone => _isLetGo && _context is not { IsAlive: true };

    /// <summary>Loads the main assembly and finds the class to construct.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Load(PluginSnapshot snapshot, PluginType type, PluginInfo info, IPluginLog log, TimeProvider time)
    {
        _loader = PluginLoader.CreateFromAssemblyFile(snapshot.MainAssembly, isUnloadable: true, sharedTypes: [type.Contract], SharedAssemblies.Configure);
        _context = new WeakReference(_loader.LoadContext, trackResurrection: true);
        var assembly = _loader.LoadDefaultAssembly();
        var services = new ServiceCollection()
            .AddSingleton(info)
            .AddSingleton(log)
            .AddSingleton(time)
            .Scan(scan => scan.FromAssemblies(assembly)
                .AddClasses(classes => classes.AssignableTo(type.Contract).Where(found => !found.IsGenericTypeDefinition))
                .UsingRegistrationStrategy(RegistrationStrategy.Throw)
                .As(type.Contract)
                .WithSingletonLifetime());
        _services = services.BuildServiceProvider();
    }

    /// <summary>Constructs the instance.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Construct(PluginType type)
    {
        using var scope = _loader!.EnterContextualReflection();
        Instance = _services!.GetRequiredService(type.Contract);
    }

    /// <summary>Disposes of the instance. Once, after the last call has ended.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public ValueTask DisposeAsync() => _services?.DisposeAsync() ?? default;

    /// <summary>Lets go of everything and asks the runtime to unload. What still runs goes on, but can load nothing more.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Unload()
    {
        var loader = _loader;
        Instance = null;
        _services = null;
        _loader = null;
        _isLetGo = true;
        loader?.Dispose();
    }
}

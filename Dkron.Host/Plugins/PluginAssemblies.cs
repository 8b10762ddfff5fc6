namespace Dkron.Host.Plugins;

/// <summary>A plugin's main assembly and all that it needs from the plugin's own folder, read without being loaded.</summary>
internal sealed class PluginAssemblies : IDisposable
{
    private readonly PluginSnapshot _snapshot;
    private readonly DependencyManifest _manifest;
    private readonly Dictionary<string, AssemblyFile> _byName = new(StringComparer.OrdinalIgnoreCase);

    public PluginAssemblies(PluginSnapshot snapshot, DependencyManifest manifest, AssemblyFile main)
    {
        _snapshot = snapshot;
        _manifest = manifest;
        Main = main;
        _byName[main.Name] = main;
    }

    public AssemblyFile Main { get; }

    public IEnumerable<AssemblyFile> All => _byName.Values;

    /// <summary>An assembly of the plugin's own; null when it has none of that name.</summary>
    public AssemblyFile? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Follows the references from the main assembly and checks that each can be satisfied.</summary>
    /// <exception cref="PluginRefusedException">One cannot.</exception>
    public void Follow()
    {
        var waiting = new Queue<AssemblyFile>([Main]);
        while (waiting.TryDequeue(out var assembly))
        {
            foreach (var reference in assembly.Metadata.AssemblyReferences.Select(assembly.Metadata.GetAssemblyReference))
            {
                var name = assembly.Metadata.GetString(reference.Name);
                if (name == ContractSurface.AssemblyName)
                {
                    continue;
                }

                if (!_byName.TryGetValue(name, out var own) && PathOf(name) is { } path)
                {
                    own = AssemblyFile.Open(path);
                    _byName.Add(name, own);
                    waiting.Enqueue(own);
                }

                Check(assembly, name, reference.Version, own?.Version);
            }
        }
    }

    public void Dispose()
    {
        foreach (var assembly in All)
        {
            assembly.Dispose();
        }
    }

    private static void Check(AssemblyFile asking, string name, Version version, Version? own)
    {
        var framework = FrameworkAssemblies.VersionOf(name);
        if (own >= version || framework >= version)
        {
            return;
        }

        var asker = Path.GetFileName(asking.Path);
        var remedy = $"copy the plugin's whole publish folder, so that {name}.dll {version} lies beside it (with EnableDynamicLoading a build folder is complete as well)";
        throw new PluginRefusedException((own, framework) switch
        {
            (null, null) => $"{asker} needs {name} {version}, which is neither in the plugin's folder nor in the framework; {remedy}",
            (null, _) => $"{asker} needs {name} {version}, and the framework of this host has {framework}; rebuild the plugin for this framework or run dkron on a newer one",
            _ => $"{asker} needs {name} {version}, and the plugin's folder has {own}; {remedy}",
        });
    }

    private string? PathOf(string name)
    {
        var path = Path.Combine(_snapshot.Folder, _manifest.Assemblies.GetValueOrDefault(name, name + ".dll"));
        return File.Exists(path) ? path : null;
    }
}

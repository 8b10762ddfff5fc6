using System.Reflection;
using Dkron.Host.Plugins;

namespace Dkron.Testing;

/// <summary>A private copy of a built plugin, so that what is tested stays as it is while the plugin is built again.</summary>
internal static class PluginCopy
{
    /// <summary>Finds a built plugin and copies it.</summary>
    /// <param name="plugin">Its folder, its dll, or the name under which the test project knows it.</param>
    /// <param name="into">A folder that is there already.</param>
    public static PluginSnapshot Take(string plugin, string into)
    {
        var (folder, name) = Find(plugin);
        var target = Directory.CreateDirectory(Path.Combine(into, Guid.NewGuid().ToString("N"), name.AssemblyName)).FullName;
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(folder, file);

            // A project's output holds what it published, too; that is not a part of the plugin.
            if (!relative.StartsWith("publish" + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                var copy = Path.Combine(target, relative);
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
        }

        return new PluginSnapshot(name, "", target);
    }

    private static (string Folder, PluginName Name) Find(string plugin)
    {
        if (Known(plugin) is { } built)
        {
            plugin = built;
        }

        if (plugin.EndsWith(".dll", StringComparison.Ordinal) && File.Exists(plugin))
        {
            return (Path.GetDirectoryName(Path.GetFullPath(plugin))!, NameOf(plugin));
        }

        if (!Directory.Exists(plugin))
        {
            throw new ProcessorTestException($"There is no plugin '{plugin}': give its folder, its dll, or the name of a project that the test project lists as <DkronPlugin Include=\"../dkron-processor-NAME/dkron-processor-NAME.csproj\" />. {KnownNames()}");
        }

        var libraries = Directory.EnumerateFiles(plugin, "dkron-*.dll").Where(file => PluginName.TryParse(Path.GetFileNameWithoutExtension(file), out _, out _)).ToList();
        var own = libraries.Find(file => Path.GetFileNameWithoutExtension(file) == Path.GetFileName(Path.TrimEndingDirectorySeparator(plugin))) ?? (libraries.Count == 1 ? libraries[0] : null);
        return own is null
            ? throw new ProcessorTestException($"{Path.GetFullPath(plugin)} holds {(libraries.Count == 0 ? "no" : "more than one")} dkron-TYPE-NAME.dll: build the plugin first, or give the dll itself.")
            : (Path.GetFullPath(plugin), NameOf(own));
    }

    private static PluginName NameOf(string library) => PluginName.TryParse(Path.GetFileNameWithoutExtension(library), out var name, out var error)
        ? name
        : throw new ProcessorTestException($"{library} is no plugin: {error ?? "a plugin's dll is called dkron-TYPE-NAME.dll"}.");

    private static string? Known(string plugin) => KnownPlugins().FirstOrDefault(known => known.Name == plugin || known.Name.EndsWith("-" + plugin, StringComparison.Ordinal)).Folder;

    private static string KnownNames() => KnownPlugins().Select(known => known.Name).Distinct().ToList() is { Count: > 0 } names ? $"It lists {string.Join(", ", names)}." : "It lists none.";

    // Written by the targets of this package into the test assembly.
    private static IEnumerable<(string Name, string? Folder)> KnownPlugins() => AppDomain.CurrentDomain.GetAssemblies()
        .Where(assembly => !assembly.IsDynamic && !assembly.IsCollectible)
        .SelectMany(assembly => assembly.GetCustomAttributes<AssemblyMetadataAttribute>())
        .Where(metadata => metadata.Key.StartsWith("DkronPlugin:", StringComparison.Ordinal))
        .Select(metadata => (metadata.Key["DkronPlugin:".Length..], metadata.Value));
}

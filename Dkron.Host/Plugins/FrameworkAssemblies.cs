using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;

namespace Dkron.Host.Plugins;

/// <summary>What the shared framework Microsoft.NETCore.App offers to every plugin.</summary>
/// <remarks>The host's own packages and ASP.NET Core are not offered: a plugin that relied on them would break when they change.</remarks>
internal static class FrameworkAssemblies
{
    private static readonly string Folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
    // A reading that fails is not kept: too many open files, for instance, are fewer soon.
    private static readonly Lazy<HashSet<string>> Names = new(ReadNames, LazyThreadSafetyMode.PublicationOnly);
    private static readonly ConcurrentDictionary<string, Version?> Versions = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The version of a framework assembly; null when the framework has none of that name.</summary>
    public static Version? VersionOf(string name) => Versions.GetOrAdd(name, static name =>
        Names.Value.Contains(name) ? AssemblyName.GetAssemblyName(Path.Combine(Folder, name + ".dll")).Version : null);

    private static HashSet<string> ReadNames()
    {
        var files = Directory.EnumerateFiles(Folder, "*.dll").Select(Path.GetFileNameWithoutExtension);
        if (Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory) == Folder)
        {
            // A self-contained host has the framework among its own files; its list of dependencies tells them apart.
            var ofFramework = ReadRuntimePack();
            files = files.Where(ofFramework.Contains);
        }

        return new HashSet<string>(files.OfType<string>(), StringComparer.OrdinalIgnoreCase);
    }

    private static HashSet<string?> ReadRuntimePack()
    {
        var list = Path.Combine(AppContext.BaseDirectory, typeof(FrameworkAssemblies).Assembly.GetName().Name + ".deps.json");
        using var document = JsonDocument.Parse(File.ReadAllBytes(list));
        return
        [
            .. document.RootElement.GetProperty("targets").EnumerateObject()
                .SelectMany(target => target.Value.EnumerateObject())
                .Where(library => library.Name.StartsWith("runtimepack.Microsoft.NETCore.App.", StringComparison.Ordinal) && library.Value.TryGetProperty("runtime", out _))
                .SelectMany(library => library.Value.GetProperty("runtime").EnumerateObject())
                .Select(asset => Path.GetFileNameWithoutExtension(asset.Name)),
        ];
    }
}

using System.Runtime.InteropServices;
using System.Text.Json;

namespace Dkron.Host.Plugins;

/// <summary>The files that a plugin's deps.json promises for this machine.</summary>
internal sealed class DependencyManifest
{
    // The runtime looks from the most special to the most general, from dotnet/runtime docs/design/features/host-probing.md.
    private static readonly string[] RuntimeIdentifiers = FindRuntimeIdentifiers();

    private readonly Dictionary<string, string> _assemblies = new(StringComparer.OrdinalIgnoreCase);

    private DependencyManifest()
    {
    }

    /// <summary>Managed assemblies by simple name, as paths below the plugin's folder.</summary>
    public IReadOnlyDictionary<string, string> Assemblies => _assemblies;

    /// <summary>Reads a snapshot's deps.json and checks that every file it lists for this machine is there.</summary>
    /// <exception cref="PluginRefusedException">It is damaged, or a file is missing.</exception>
    public static DependencyManifest Read(PluginSnapshot snapshot)
    {
        var manifest = new DependencyManifest();
        if (!File.Exists(snapshot.DependencyManifest))
        {
            return manifest;
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(snapshot.DependencyManifest));
            var root = document.RootElement;
            var target = root.GetProperty("runtimeTarget") is { ValueKind: JsonValueKind.Object } named ? named.GetProperty("name") : root.GetProperty("runtimeTarget");
            foreach (var library in root.GetProperty("targets").GetProperty(target.GetString()!).EnumerateObject())
            {
                manifest.Add(library, snapshot);
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentNullException)
        {
            throw new PluginRefusedException($"{Path.GetFileName(snapshot.DependencyManifest)} is empty or damaged ({e.Message}); copy the plugin again", e);
        }

        return manifest;
    }

    private void Add(JsonProperty library, PluginSnapshot snapshot)
    {
        // The contract always comes from the host.
        if (library.Name.StartsWith(ContractSurface.AssemblyName + "/", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        var forThisMachine = ForThisMachine(library.Value);
        foreach (var kind in (string[])["runtime", "native", "resources"])
        {
            var special = forThisMachine.Where(asset => asset.Kind == kind).Select(asset => asset.Path).ToList();
            var paths = special.Count > 0 || !library.Value.TryGetProperty(kind, out var assets)
                ? special
                : assets.EnumerateObject().Select(asset => asset.Name).ToList();
            foreach (var path in paths.Where(path => Path.GetFileName(path) != "_._"))
            {
                var found = Locate(path, kind, special.Count > 0).FirstOrDefault(candidate => File.Exists(Path.Combine(snapshot.Folder, candidate)))
                    ?? throw new PluginRefusedException($"{Path.GetFileName(path)} of {library.Name} is missing, though {Path.GetFileName(snapshot.DependencyManifest)} lists it; copy the plugin's whole folder as publish or build made it");
                if (kind == "runtime")
                {
                    _assemblies.TryAdd(Path.GetFileNameWithoutExtension(found), found);
                }
            }
        }
    }

    // Assets that are not special to a machine are laid flat into the folder; resources keep the folder of their culture.
    private static IEnumerable<string> Locate(string path, string kind, bool isSpecial)
    {
        if (!isSpecial)
        {
            yield return kind == "resources" ? Path.Combine(Path.GetFileName(Path.GetDirectoryName(path)) ?? "", Path.GetFileName(path)) : Path.GetFileName(path);
        }

        yield return path;
        yield return Path.GetFileName(path);
    }

    private static List<(string Kind, string Path)> ForThisMachine(JsonElement library)
    {
        if (!library.TryGetProperty("runtimeTargets", out var targets))
        {
            return [];
        }

        return
        [
            .. targets.EnumerateObject()
                .Select(asset => (Kind: asset.Value.GetProperty("assetType").GetString()!, Rank: Array.IndexOf(RuntimeIdentifiers, asset.Value.GetProperty("rid").GetString()), Path: asset.Name))
                .Where(asset => asset.Rank >= 0)
                .GroupBy(asset => asset.Kind)
                .SelectMany(kind => kind.Where(asset => asset.Rank == kind.Min(other => other.Rank)))
                .Select(asset => (asset.Kind, asset.Path)),
        ];
    }

    private static string[] FindRuntimeIdentifiers()
    {
        var architecture = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
        var system = OperatingSystem.IsLinux() ? "linux" : OperatingSystem.IsMacOS() ? "osx" : "win";
        string[] unix = system == "win" ? [] : [$"unix-{architecture}", "unix"];
        return [RuntimeInformation.RuntimeIdentifier, $"{system}-{architecture}", system, .. unix, "any"];
    }
}

namespace Dkron.Host.Plugins;

/// <summary>Native libraries in a plugin's folder. Once loaded they stay mapped until the process ends, whatever becomes of the plugin.</summary>
internal static class NativeLibraries
{
    /// <summary>A sentence that names them; none when there are none.</summary>
    public static IReadOnlyList<string> In(PluginSnapshot snapshot)
    {
        var names = Directory.EnumerateFiles(snapshot.Folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) is var name && (name.EndsWith(".so", StringComparison.Ordinal) || name.Contains(".so.", StringComparison.Ordinal)))
            .Select(Path.GetFileName)
            .Distinct()
            .Take(3)
            .ToList();
        return names.Count == 0 ? [] : [$"it brings native code ({string.Join(", ", names)}), which stays loaded until the host ends"];
    }
}

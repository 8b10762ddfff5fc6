namespace Dkron.Host.Plugins;

/// <summary>The folders that are searched for plugins, in order: of two plugins with one name the one in the later folder wins.</summary>
internal static class PluginFolders
{
    public const string System = "/etc/dkron/plugins";

    /// <summary>Beside the executable, where built-in plugins lie; the machine's; then what the settings add.</summary>
    public static IReadOnlyList<string> Standard(IEnumerable<string> configured) =>
    [
        .. new[] { AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "plugins"), System }
            .Concat(configured)
            .Select(folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))
            .Distinct(StringComparer.Ordinal),
    ];
}

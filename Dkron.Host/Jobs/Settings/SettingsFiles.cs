using Dkron.Host.Jobs.Problems;

namespace Dkron.Host.Jobs.Settings;

/// <summary>Finds the settings files.</summary>
internal static class SettingsFiles
{
    private const string Name = "appsettings.json";

    /// <summary>The files to read, later ones laid over earlier ones.</summary>
    /// <param name="configured">The files that the command line names, which take the place of all others; empty for none.</param>
    /// <param name="places">Where to look when none is named.</param>
    /// <exception cref="JobConfigException">A named file does not exist, or there is none anywhere.</exception>
    public static IReadOnlyList<SettingsFile> Locate(IReadOnlyList<string> configured, SettingsPlaces places)
    {
        if (configured.Count > 0)
        {
            var named = Named(configured, places);
            var missing = named.Where(file => !File.Exists(file.Path)).Select(file => new Problem { Source = file.Path, Message = Directory.Exists(file.Path) ? "is a folder; --config takes a file" : "does not exist" }).ToList();
            return missing.Count == 0 ? named : throw new JobConfigException(missing);
        }

        if (places.EnvironmentName.AsSpan().ContainsAny('/', '\\', '\0'))
        {
            throw new JobConfigException([new Problem { Source = "environment variable DOTNET_ENVIRONMENT or ASPNETCORE_ENVIRONMENT", Value = places.EnvironmentName, Message = "is not a name; expected one such as Production" }]);
        }

        var inEnvironment = InEnvironment(places);
        var folders = Folders(places);
        var found = folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, Name)) || File.Exists(Path.Combine(folder, inEnvironment)))
            ?? throw new JobConfigException([new Problem { Message = $"no {Name} in {string.Join(", ", folders)}; put one there, or name a file with --config FILE" }]);
        return
        [
            new SettingsFile(Path.Combine(found, Name), Optional: !File.Exists(Path.Combine(found, Name))),
            new SettingsFile(Path.Combine(found, inEnvironment), Optional: true),
        ];
    }

    /// <summary>The files that would be read were they still there; for each place in which they may have been.</summary>
    public static IEnumerable<IReadOnlyList<SettingsFile>> Expected(IReadOnlyList<string> configured, SettingsPlaces places) => configured.Count > 0
        ? [Named(configured, places)]
        : Folders(places).Select(folder => new[] { new SettingsFile(Path.Combine(folder, Name), Optional: false), new SettingsFile(Path.Combine(folder, InEnvironment(places)), Optional: true) });

    private static List<SettingsFile> Named(IReadOnlyList<string> configured, SettingsPlaces places) =>
        [.. configured.Select(path => new SettingsFile(Path.GetFullPath(path, places.WorkingFolder), Optional: false))];

    private static string InEnvironment(SettingsPlaces places) => $"appsettings.{places.EnvironmentName}.json";

    private static List<string> Folders(SettingsPlaces places) =>
    [
        .. new[] { places.WorkingFolder, places.ExecutableFolder, places.DevelopmentFolder }
            .OfType<string>()
            .Select(folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))
            .Distinct(StringComparer.Ordinal),
    ];
}

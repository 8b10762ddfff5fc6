using System.Reflection;

namespace Dkron.Host.Tests.Authoring;

/// <summary>Where the repository lies, and what the build made of it.</summary>
internal static class BuiltPlugins
{
    public static string Repository { get; } = Metadata("RepositoryFolder");

    /// <summary>The folders of the plugins that come with dkron, as they are laid beside the program.</summary>
    public static IReadOnlyList<string> Folders => [.. Directory.GetDirectories(Path.Combine(Repository, Metadata("DkronOutput"), "plugins")).Order(StringComparer.Ordinal)];

    private static string Metadata(string key) => typeof(BuiltPlugins).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == key).Value!;
}

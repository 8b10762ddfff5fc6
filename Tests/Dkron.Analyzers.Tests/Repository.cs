using System.Reflection;

namespace Dkron.Analyzers.Tests;

/// <summary>Where the build says that things are.</summary>
internal static class Repository
{
    private static readonly Dictionary<string, string?> Metadata =
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(attribute => attribute.Key, attribute => attribute.Value);

    public static string Folder => Path.GetFullPath(Metadata["RepositoryFolder"]!);

    public static string TargetingPacks => Metadata["TargetingPacks"]!;

    public static string Pages => Path.Combine(Folder, "Dkron.Abstractions", "Analyzers", "docs");
}

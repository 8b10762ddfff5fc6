using System.Reflection;

namespace Dkron.Acceptance.Tests;

/// <summary>Where things lie that were built.</summary>
internal static class Repository
{
    public static string Folder { get; } = Metadata("RepositoryFolder");

    public static string DkronFolder { get; } = Metadata("DkronFolder");

    public static string Dkron { get; } = Path.Combine(DkronFolder, "dkron");

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}

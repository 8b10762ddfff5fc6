using System.Reflection;

namespace Dkron.Benchmarks;

/// <summary>Where the build has laid what the benchmarks start.</summary>
internal static class Paths
{
    /// <param name="key">As in the project file.</param>
    public static string Of(string key) => typeof(Paths).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}

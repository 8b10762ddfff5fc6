using System.Reflection;
using System.Reflection.Metadata;

namespace Dkron.Host.Plugins;

/// <summary>The caches of the framework that hold types: what hot reload has it forget can be forgotten here as well.</summary>
/// <remarks>Frees plugins that used System.Text.Json by reflection; TypeDescriptor and what rides on it are not freed on .NET 10 (dotnet/runtime#30656).</remarks>
internal static class FrameworkCaches
{
    public static void Clear()
    {
        foreach (var handler in AppDomain.CurrentDomain.GetAssemblies().Where(IsFramework).SelectMany(HandlersOf))
        {
            try
            {
                handler.GetMethod("ClearCache", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic, [typeof(Type[])])?.Invoke(null, [null]);
            }
            catch (TargetInvocationException)
            {
                // Best effort: what it holds is reported as retained.
            }
        }
    }

    private static bool IsFramework(Assembly assembly) => !assembly.IsCollectible && !assembly.IsDynamic;

    private static IEnumerable<Type> HandlersOf(Assembly assembly) => assembly.GetCustomAttributes<MetadataUpdateHandlerAttribute>().Select(attribute => attribute.HandlerType);
}

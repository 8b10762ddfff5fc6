using System.Reflection;
using System.Runtime.Loader;
using Dkron.Abstractions;

namespace Dkron.Plugins.Tests;

/// <summary>A load context of a plugin's own, as the host makes one for each generation.</summary>
internal sealed class PluginContext(string name) : AssemblyLoadContext(name, isCollectible: true)
{
    public static string PathOf(string plugin) => Path.Combine(AppContext.BaseDirectory, $"dkron-processor-{plugin}.dll");

    public static IExecutionProcessor Create(PluginContext context, string plugin, params object[] services)
    {
        var type = context.LoadFromAssemblyPath(PathOf(plugin)).GetExportedTypes().Single();
        var arguments = type.GetConstructors().Single().GetParameters().Select(p => services.Single(s => p.ParameterType.IsInstanceOfType(s))).ToArray();
        return (IExecutionProcessor)Activator.CreateInstance(type, arguments)!;
    }

    /// <summary>Packages of a plugin's own live and die with it; the contract and the framework are the host's.</summary>
    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name is "MailKit" or "MimeKit" or "BouncyCastle.Cryptography" ? LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, assemblyName.Name + ".dll")) : null;
}

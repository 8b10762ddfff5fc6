using Dkron.Abstractions;

namespace Dkron.Host.Plugins;

/// <summary>Checks a snapshot from its files alone: whole, named as it should be, complete, and built for this host.</summary>
internal static class PluginInspector
{
    private const int MaxVersionLength = 100;

    /// <summary>Checks a snapshot.</summary>
    /// <exception cref="PluginRefusedException">It cannot be used.</exception>
    public static PluginInspection Inspect(PluginSnapshot snapshot, PluginType type)
    {
        if (!File.Exists(snapshot.MainAssembly))
        {
            throw new PluginRefusedException($"there is no {snapshot.Name.FileName} in its folder; the folder and the assembly bear the same name");
        }

        try
        {
            var main = AssemblyFile.Open(snapshot.MainAssembly);
            using var assemblies = new PluginAssemblies(snapshot, CheckName(main, snapshot), main);
            CheckFramework(main);
            ContractSurface.Check(main);
            assemblies.Follow();
            foreach (var dependency in assemblies.All.Where(assembly => assembly != main))
            {
                ContractSurface.Check(dependency);
            }

            var implementation = CheckImplementation(assemblies, type);
            var risks = UnloadRisks.Find(main);
            return new PluginInspection(VersionOf(main), [.. Warnings(snapshot), .. risks.Select(risk => $"a replaced version may stay in memory, since {risk}")], risks)
            {
                IsDelivery = main.HasAttribute(implementation, typeof(DeliveryAttribute)),
            };
        }
        catch (InsufficientExecutionStackException e)
        {
            throw new PluginRefusedException("one of its assemblies is damaged (types refer to each other in a circle, or too deep); build the plugin again", e);
        }
        catch (Exception e) when (e is BadImageFormatException or ArgumentException or OverflowException)
        {
            throw new PluginRefusedException($"one of its assemblies is damaged ({e.Message}); copy the plugin again", e);
        }
    }

    private static DependencyManifest CheckName(AssemblyFile main, PluginSnapshot snapshot) => main.Name == snapshot.Name.AssemblyName
        ? DependencyManifest.Read(snapshot)
        : throw new PluginRefusedException($"{snapshot.Name.FileName} holds the assembly '{main.Name}'; rename the project to {snapshot.Name} or the file back");

    private static void CheckFramework(AssemblyFile main)
    {
        // ".NETCoreApp,Version=v10.0"
        var framework = main.AttributeText("TargetFrameworkAttribute")?.Split(",Version=v") ?? [];
        if (framework is [".NETCoreApp", var text] && Version.TryParse(text, out var version) && version > new Version(Environment.Version.Major, Environment.Version.Minor))
        {
            throw new PluginRefusedException($"it was built for .NET {version}, and this host runs on .NET {Environment.Version}; rebuild it for net{Environment.Version.ToString(2)} or run dkron on .NET {version}");
        }

        if (framework is [".NETFramework", _])
        {
            throw new PluginRefusedException($"it was built for .NET Framework; rebuild it for net{Environment.Version.ToString(2)}");
        }
    }

    /// <returns>The full name of the one class.</returns>
    private static string CheckImplementation(PluginAssemblies assemblies, PluginType type)
    {
        var found = new ImplementationSearch(assemblies, type.Contract.FullName!).Find();
        switch (found.Count)
        {
            case 0:
                throw new PluginRefusedException($"{Path.GetFileName(assemblies.Main.Path)} has no public class that implements {type.Contract.Name}; make the {type.Name} class public and not abstract");
            case > 1:
                throw new PluginRefusedException($"{Path.GetFileName(assemblies.Main.Path)} has {found.Count} public classes that implement {type.Contract.Name} ({string.Join(", ", found.Take(5))}), and a plugin has exactly one; make the others internal or abstract, or plugins of their own");
            default:
                return found[0];
        }
    }

    private static string VersionOf(AssemblyFile main)
    {
        var version = main.AttributeText("AssemblyInformationalVersionAttribute")?.Split('+')[0].Trim();
        var text = string.IsNullOrEmpty(version) ? main.Version.ToString(3) : version;
        return text.Length > MaxVersionLength ? text[..MaxVersionLength] : text;
    }

    private static List<string> Warnings(PluginSnapshot snapshot)
    {
        var copy = Path.Combine(snapshot.Folder, ContractSurface.AssemblyName + ".dll");
        if (!File.Exists(copy))
        {
            return [];
        }

        using var contract = AssemblyFile.Open(copy);
        return contract.Version.Major == ContractSurface.AssemblyVersion.Major
            ? [$"its folder holds a copy of {ContractSurface.AssemblyName}, which is ignored: the host's own is used; reference it with Private=\"false\" ExcludeAssets=\"runtime\""]
            : throw new PluginRefusedException($"its folder holds {ContractSurface.AssemblyName} {contract.Version}, and this host has {ContractSurface.AssemblyVersion}; rebuild the plugin against {ContractSurface.AssemblyName} {ContractSurface.Version}");
    }
}

using System.Reflection.Metadata;
using Dkron.Host.Plugins;
using AssemblyFile = Dkron.Host.Plugins.AssemblyFile;

namespace Dkron.Host.Authoring;

/// <summary>Reads what a plugin's files tell. Runs none of its code and copies nothing.</summary>
internal static class PluginInspect
{
    private const string ContractKey = "Dkron.Contract";

    /// <summary>Reads a plugin's folder, or a dropped-in dll.</summary>
    /// <exception cref="PluginRefusedException">There is no plugin, or its main assembly cannot be read.</exception>
    public static InspectDocument Of(string path)
    {
        var source = PluginSource.At(path);
        var files = PluginTree.List(source);
        var snapshot = new PluginSnapshot(source.Name, TreeHash.Of(source), source.Folder);
        if (!File.Exists(snapshot.MainAssembly))
        {
            throw new PluginRefusedException($"there is no {source.Name.FileName} in {source.Folder}");
        }

        using var main = AssemblyFile.Open(snapshot.MainAssembly);
        var (inspection, error) = Inspect(snapshot);
        return new InspectDocument
        {
            Location = source.Location,
            Name = source.Name.Name,
            Type = source.Name.Type,
            Version = inspection?.Version ?? main.AttributeText("AssemblyInformationalVersionAttribute")?.Split('+')[0] ?? main.Version.ToString(),
            Contract = ContractOf(main),
            TargetFramework = main.AttributeText("TargetFrameworkAttribute") ?? "",
            Delivery = inspection?.IsDelivery ?? false,
            TreeHash = snapshot.Hash,
            Files = files.Count,
            Bytes = files.Sum(file => file.Identity.Size),
            References = [.. References(main, snapshot)],
            UnloadRisks = [.. UnloadRisks.Find(main), .. NativeLibraries.In(snapshot)],
            Warnings = inspection?.Warnings ?? [],
            Error = error,
        };
    }

    private static (PluginInspection? Inspection, string? Error) Inspect(PluginSnapshot snapshot)
    {
        if (PluginType.Find(snapshot.Name.Type) is not { } type)
        {
            return (null, $"plugins of type '{snapshot.Name.Type}' are not supported by this version of dkron yet");
        }

        try
        {
            return (PluginInspector.Inspect(snapshot, type), null);
        }
        catch (PluginRefusedException e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>What the package for authors writes into the assembly; without it, the major version that is referenced.</summary>
    private static string ContractOf(AssemblyFile main)
    {
        var reader = main.Metadata;
        foreach (var attribute in reader.GetAssemblyDefinition().GetCustomAttributes().Select(reader.GetCustomAttribute))
        {
            if (attribute.Constructor.Kind == HandleKind.MemberReference
                && reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } type
                && reader.StringComparer.Equals(reader.GetTypeReference((TypeReferenceHandle)type).Name, "AssemblyMetadataAttribute"))
            {
                var value = reader.GetBlobReader(attribute.Value);
                if (value.ReadUInt16() == 1 && value.ReadSerializedString() == ContractKey)
                {
                    return value.ReadSerializedString() ?? "";
                }
            }
        }

        var references = reader.AssemblyReferences.Select(reader.GetAssemblyReference).Where(reference => reader.StringComparer.Equals(reference.Name, ContractSurface.AssemblyName));
        return references.Select(reference => $"{reference.Version.Major}").FirstOrDefault("");
    }

    private static IEnumerable<ReferenceDocument> References(AssemblyFile main, PluginSnapshot snapshot)
    {
        var reader = main.Metadata;
        foreach (var reference in reader.AssemblyReferences.Select(reader.GetAssemblyReference))
        {
            var name = reader.GetString(reference.Name);
            var from = name == ContractSurface.AssemblyName ? "contract"
                : Directory.EnumerateFiles(snapshot.Folder, name + ".dll", SearchOption.AllDirectories).Any() ? "plugin"
                : FrameworkAssemblies.VersionOf(name) is not null ? "framework" : "missing";
            yield return new ReferenceDocument(name, reference.Version.ToString(), from);
        }
    }
}

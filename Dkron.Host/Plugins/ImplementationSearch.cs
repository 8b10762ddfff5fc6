using System.Reflection;
using System.Reflection.Metadata;

namespace Dkron.Host.Plugins;

/// <summary>Finds the classes of a plugin that implement its contract, without loading anything.</summary>
internal sealed class ImplementationSearch(PluginAssemblies assemblies, string contract)
{
    /// <summary>The full names of the main assembly's public, concrete, non-generic classes that implement the contract.</summary>
    public List<string> Find()
    {
        var reader = assemblies.Main.Metadata;
        return
        [
            .. reader.TypeDefinitions
                .Where(handle => IsConstructible(reader, handle) && Implements(assemblies.Main, handle))
                .Select(handle => TypeNames.Of(reader, handle)),
        ];
    }

    private static bool IsConstructible(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        return (type.Attributes & (TypeAttributes.Abstract | TypeAttributes.Interface)) == 0 && type.GetGenericParameters().Count == 0 && IsPublic(reader, type);
    }

    private static bool IsPublic(MetadataReader reader, TypeDefinition type) => (type.Attributes & TypeAttributes.VisibilityMask) switch
    {
        TypeAttributes.Public => true,
        TypeAttributes.NestedPublic => IsPublic(reader, reader.GetTypeDefinition(type.GetDeclaringType())),
        _ => false,
    };

    private bool Implements(AssemblyFile assembly, TypeDefinitionHandle handle)
    {
        var type = assembly.Metadata.GetTypeDefinition(handle);
        return type.GetInterfaceImplementations().Select(assembly.Metadata.GetInterfaceImplementation).Any(implementation => Leads(assembly, implementation.Interface))
            || (!type.BaseType.IsNil && Leads(assembly, type.BaseType));
    }

    // Metadata of a valid assembly has no circles here; one that has would be refused by the loader, and is stopped by the stack limit of the names' depth.
    private bool Leads(AssemblyFile assembly, EntityHandle type)
    {
        var reader = assembly.Metadata;
        switch (type.Kind)
        {
            case HandleKind.TypeDefinition:
                return Implements(assembly, (TypeDefinitionHandle)type);
            case HandleKind.TypeSpecification:
                return GenericOf(reader, (TypeSpecificationHandle)type) is { IsNil: false } generic && Leads(assembly, generic);
            case HandleKind.TypeReference:
                var handle = (TypeReferenceHandle)type;
                var name = TypeNames.Of(reader, handle);
                var home = TypeNames.AssemblyOf(reader, handle);
                return home == ContractSurface.AssemblyName
                    ? name == contract
                    : home is not null && assemblies.Find(home) is { } other && other != assembly && LeadsIn(other, name);
            default:
                return false;
        }
    }

    private bool LeadsIn(AssemblyFile assembly, string name)
    {
        var handle = assembly.Metadata.TypeDefinitions.FirstOrDefault(candidate => TypeNames.Of(assembly.Metadata, candidate) == name);
        return !handle.IsNil && Implements(assembly, handle);
    }

    // ECMA-335 II.23.2.14: GENERICINST (0x15), CLASS or VALUETYPE, then the generic type itself.
    private static EntityHandle GenericOf(MetadataReader reader, TypeSpecificationHandle handle)
    {
        var signature = reader.GetBlobReader(reader.GetTypeSpecification(handle).Signature);
        if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
        {
            return default;
        }

        signature.ReadCompressedInteger();
        return signature.ReadTypeHandle();
    }
}

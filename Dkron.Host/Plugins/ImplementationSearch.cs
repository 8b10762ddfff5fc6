using System.Reflection;
using System.Reflection.Metadata;
using System.Runtime.CompilerServices;

namespace Dkron.Host.Plugins;

/// <summary>Finds the classes of a plugin that implement its contract, without loading anything.</summary>
internal sealed class ImplementationSearch(PluginAssemblies assemblies, string contract)
{
    // Null while it is being looked at.
    private readonly Dictionary<(AssemblyFile Assembly, TypeDefinitionHandle Type), bool?> _found = [];

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
        return (type.Attributes & (TypeAttributes.Abstract | TypeAttributes.Interface)) == 0 && type.GetGenericParameters().Count == 0 && TypeNames.IsPublic(reader, type);
    }

    private bool Implements(AssemblyFile assembly, TypeDefinitionHandle handle)
    {
        if (_found.TryGetValue((assembly, handle), out var known))
        {
            return known ?? throw new BadImageFormatException("types extend each other in a circle");
        }

        RuntimeHelpers.EnsureSufficientExecutionStack();
        _found[(assembly, handle)] = null;
        var type = assembly.Metadata.GetTypeDefinition(handle);
        var isFound = type.GetInterfaceImplementations().Select(assembly.Metadata.GetInterfaceImplementation).Any(implementation => Leads(assembly, implementation.Interface))
            || (!type.BaseType.IsNil && Leads(assembly, type.BaseType));
        _found[(assembly, handle)] = isFound;
        return isFound;
    }

    // The loader would refuse circles, but nothing has been loaded yet: they are found here, or the stack would end and the process with it.
    private bool Leads(AssemblyFile assembly, EntityHandle type)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
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

using System.Reflection;
using System.Reflection.Metadata;

namespace Dkron.Host.Plugins;

/// <summary>Full names of types in metadata, such as <c>Name.Space.Outer+Inner</c>.</summary>
/// <remarks>Nothing keeps a file from saying that types lie in each other in a circle, and followed to its end that would end the process.</remarks>
internal static class TypeNames
{
    private const int MaxDepth = 100;

    public static string Of(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        var inner = "";
        for (var depth = 0; type.GetDeclaringType() is { IsNil: false } outer; depth++)
        {
            ThrowIfTooDeep(depth);
            inner = $"+{reader.GetString(type.Name)}{inner}";
            type = reader.GetTypeDefinition(outer);
        }

        return Join(reader, type.Namespace, type.Name) + inner;
    }

    public static string Of(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        var inner = "";
        for (var depth = 0; type.ResolutionScope.Kind == HandleKind.TypeReference; depth++)
        {
            ThrowIfTooDeep(depth);
            inner = $"+{reader.GetString(type.Name)}{inner}";
            type = reader.GetTypeReference((TypeReferenceHandle)type.ResolutionScope);
        }

        return Join(reader, type.Namespace, type.Name) + inner;
    }

    /// <summary>The assembly that a reference leads to; null when the type lies in the same assembly.</summary>
    public static string? AssemblyOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        var scope = reader.GetTypeReference(handle).ResolutionScope;
        for (var depth = 0; scope.Kind == HandleKind.TypeReference; depth++)
        {
            ThrowIfTooDeep(depth);
            scope = reader.GetTypeReference((TypeReferenceHandle)scope).ResolutionScope;
        }

        return scope.Kind == HandleKind.AssemblyReference ? reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)scope).Name) : null;
    }

    /// <summary>Whether it and all that it lies in are public.</summary>
    public static bool IsPublic(MetadataReader reader, TypeDefinition type)
    {
        for (var depth = 0; (type.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.NestedPublic; depth++)
        {
            ThrowIfTooDeep(depth);
            if (type.GetDeclaringType() is not { IsNil: false } outer)
            {
                // It claims to lie in another one and does not.
                return false;
            }

            type = reader.GetTypeDefinition(outer);
        }

        return (type.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.Public;
    }

    private static void ThrowIfTooDeep(int depth)
    {
        if (depth >= MaxDepth)
        {
            throw new BadImageFormatException($"types lie in each other in a circle, or more than {MaxDepth} deep");
        }
    }

    private static string Join(MetadataReader reader, StringHandle space, StringHandle name) =>
        space.IsNil ? reader.GetString(name) : $"{reader.GetString(space)}.{reader.GetString(name)}";
}

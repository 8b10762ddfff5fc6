using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;

namespace Dkron.Host.Plugins;

/// <summary>An assembly that is read without being loaded.</summary>
internal sealed class AssemblyFile : IDisposable
{
    private readonly PEReader _image;

    private AssemblyFile(string path, PEReader image)
    {
        Path = path;
        _image = image;
        Metadata = image.GetMetadataReader();
        var definition = Metadata.GetAssemblyDefinition();
        Name = Metadata.GetString(definition.Name);
        Version = definition.Version;
    }

    public string Path { get; }

    public MetadataReader Metadata { get; }

    public string Name { get; }

    public Version Version { get; }

    /// <summary>Opens a file and checks that it is a whole, managed assembly.</summary>
    /// <exception cref="PluginRefusedException">It is not.</exception>
    public static AssemblyFile Open(string path)
    {
        var file = System.IO.Path.GetFileName(path);
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length == 0)
        {
            throw new PluginRefusedException($"{file} is empty; copy the plugin again");
        }

        if (!bytes.AsSpan().StartsWith("MZ"u8))
        {
            throw new PluginRefusedException(bytes.AsSpan().StartsWith("\u007fELF"u8)
                ? $"{file} is a native library or program, not a .NET assembly; build the plugin as a .NET class library"
                : $"{file} is damaged or no .NET assembly (it does not begin like one); copy the plugin again");
        }

        PEReader? image = new(ImmutableCollectionsMarshal.AsImmutableArray(bytes));
        try
        {
            var declared = image.PEHeaders.SectionHeaders.Select(section => (long)section.PointerToRawData + section.SizeOfRawData).DefaultIfEmpty().Max();
            if (declared > bytes.Length)
            {
                throw new PluginRefusedException($"{file} is cut short: {bytes.Length} bytes of {declared}; copy the plugin again");
            }

            if (!image.HasMetadata || !image.GetMetadataReader().IsAssembly)
            {
                throw new PluginRefusedException($"{file} is a native library or program, not a .NET assembly; build the plugin as a .NET class library");
            }

            var assembly = new AssemblyFile(path, image);
            image = null;
            return assembly;
        }
        catch (BadImageFormatException e)
        {
            throw new PluginRefusedException($"{file} is damaged, cut short or no .NET assembly ({e.Message}); copy the plugin again", e);
        }
        finally
        {
            image?.Dispose();
        }
    }

    /// <summary>The text that an attribute of the assembly with one text argument holds; null when it has no such attribute.</summary>
    public string? AttributeText(string attributeName)
    {
        foreach (var handle in Metadata.GetAssemblyDefinition().GetCustomAttributes())
        {
            var attribute = Metadata.GetCustomAttribute(handle);
            if (attribute.Constructor.Kind == HandleKind.MemberReference
                && Metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } parent
                && Metadata.StringComparer.Equals(Metadata.GetTypeReference((TypeReferenceHandle)parent).Name, attributeName))
            {
                var value = Metadata.GetBlobReader(attribute.Value);
                return value.ReadUInt16() == 1 ? value.ReadSerializedString() : null;
            }
        }

        return null;
    }

    /// <summary>Whether a class bears an attribute that another assembly defines.</summary>
    public bool HasAttribute(string className, Type attribute)
    {
        var type = Metadata.TypeDefinitions.FirstOrDefault(handle => TypeNames.Of(Metadata, handle) == className);
        return !type.IsNil && Metadata.GetTypeDefinition(type).GetCustomAttributes()
            .Select(handle => Metadata.GetCustomAttribute(handle).Constructor)
            .Where(constructor => constructor.Kind == HandleKind.MemberReference)
            .Select(constructor => Metadata.GetMemberReference((MemberReferenceHandle)constructor).Parent)
            .Any(parent => parent.Kind == HandleKind.TypeReference && TypeNames.Of(Metadata, (TypeReferenceHandle)parent) == attribute.FullName);
    }

    public void Dispose() => _image.Dispose();
}

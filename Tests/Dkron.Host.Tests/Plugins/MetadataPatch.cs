using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Dkron.Host.Tests.Plugins;

/// <summary>Changes single cells of a small assembly's tables to what no compiler writes. Source: ECMA-335 II.22.</summary>
internal static class MetadataPatch
{
    /// <summary>Has a class extend itself.</summary>
    public static byte[] ExtendItself(byte[] image, string type) =>
        Patch(image, reader => (TableIndex.TypeDef, RowOf(reader, type), 8, (ushort)CodedIndex.TypeDefOrRef(MetadataTokens.TypeDefinitionHandle(RowOf(reader, type)))));

    /// <summary>Has a class that lies in no other one claim that it does.</summary>
    public static byte[] ClaimToBeNested(byte[] image, string type) => Patch(image, reader => (TableIndex.TypeDef, RowOf(reader, type), 0, (ushort)TypeAttributes.NestedPublic));

    /// <summary>Has the only nested class lie in itself.</summary>
    public static byte[] EncloseItself(byte[] image, string type) => Patch(image, reader => (TableIndex.NestedClass, 1, 2, (ushort)RowOf(reader, type)));

    /// <summary>Has a type of another assembly lie in itself.</summary>
    public static byte[] ReferToItself(byte[] image, string type) => Patch(image, reader =>
    {
        var found = reader.TypeReferences.Single(handle => reader.GetString(reader.GetTypeReference(handle).Name) == type);
        return (TableIndex.TypeRef, MetadataTokens.GetRowNumber(found), 0, (ushort)CodedIndex.ResolutionScope(found));
    });

    private static int RowOf(MetadataReader reader, string type) =>
        MetadataTokens.GetRowNumber(reader.TypeDefinitions.Single(handle => reader.GetString(reader.GetTypeDefinition(handle).Name) == type));

    /// <summary>Where indices have two bytes, as in all small assemblies.</summary>
    private static byte[] Patch(byte[] image, Func<MetadataReader, (TableIndex Table, int Row, int Offset, ushort Value)> cell)
    {
        var patched = image.ToArray();
        using var file = new PEReader(new MemoryStream(image));
        var reader = file.GetMetadataReader();
        var (table, row, offset, value) = cell(reader);
        var at = file.PEHeaders.MetadataStartOffset + reader.GetTableMetadataOffset(table) + ((row - 1) * reader.GetTableRowSize(table)) + offset;
        BinaryPrimitives.WriteUInt16LittleEndian(patched.AsSpan(at), value);
        return patched;
    }
}

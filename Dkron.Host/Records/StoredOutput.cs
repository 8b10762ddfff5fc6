namespace Dkron.Host.Records;

/// <summary>An output in the form in which it is stored: in the database when small, else in a file below the output folder.</summary>
internal sealed record StoredOutput
{
    /// <summary>The columns of both tables of outputs after the key, in the order of <see cref="Bind"/>.</summary>
    public const string Names = "length, omitted_bytes, omitted_at, encoding, stored_length, crc, file, bytes";

    /// <summary>The length of the output itself, in bytes.</summary>
    public required long Length { get; init; }

    public long OmittedBytes { get; init; }

    public long OmittedAt { get; init; }

    public OutputEncoding Encoding { get; init; }

    /// <summary>The length of the stored form, in bytes.</summary>
    public long StoredLength { get; init; }

    /// <summary>CRC-32C over the other values and the stored bytes.</summary>
    public uint Crc { get; init; }

    /// <summary>Relative to the output folder; null when the bytes stand in the database.</summary>
    public string? File { get; init; }

    /// <summary>The stored bytes when they stand in the database.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The full path of a file that <see cref="File"/> replaces, to be deleted when nobody reads it any more; null when there is none.</summary>
    public string? Superseded { get; init; }

    /// <summary>The checksum's state after all values but the bytes, so that bytes can be added as they are read.</summary>
    public uint Seed()
    {
        var checksum = new RecordChecksum();
        checksum.Add(Length);
        checksum.Add(OmittedBytes);
        checksum.Add(OmittedAt);
        checksum.Add((long)Encoding);
        checksum.Add(StoredLength);
        checksum.Add(File);
        return ~checksum.Value;
    }

    public void Bind(SqliteStatement statement)
    {
        statement.Bind(Length).Bind(OmittedBytes).Bind(OmittedAt).Bind((long)Encoding).Bind(StoredLength).Bind(Crc).Bind(File);
        _ = File is null ? statement.Bind(Bytes.Span) : statement.Bind((string?)null);
    }
}

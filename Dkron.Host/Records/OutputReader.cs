using System.IO.Compression;
using Dkron.Abstractions;
using Microsoft.Data.Sqlite;

namespace Dkron.Host.Records;

/// <summary>Opens stored outputs, checks them, and never holds more of one in memory than stands in the database.</summary>
internal sealed class OutputReader(DataPaths paths, DatabaseConnections connections)
{
    public static string Table(OutputKind kind) => kind == OutputKind.Raw ? "raw_outputs" : "processed_outputs";

    /// <summary>An output that is read from disk whenever it is opened.</summary>
    public ExecutionOutput Describe(long key, string id, OutputKind kind, long length, long omittedBytes, long omittedAt) =>
        new(length, () => Open(key, id, kind)) { OmittedBytes = omittedBytes, OmittedAt = omittedAt };

    /// <summary>An output as its row in the database says: one that stands there is read now, one in a file whenever it is opened.</summary>
    /// <exception cref="RecordsException">It stands in the database and is damaged.</exception>
    public ExecutionOutput Describe(StoredOutput stored, string id)
    {
        if (stored.File is not null)
        {
            return new ExecutionOutput(stored.Length, () => Open(stored, id)) { OmittedBytes = stored.OmittedBytes, OmittedAt = stored.OmittedAt };
        }

        using var source = Open(stored, id);
        using var bytes = new MemoryStream();
        source.CopyTo(bytes);
        var output = ExecutionOutput.FromBytes(bytes.ToArray());
        return stored.OmittedBytes > 0 ? output.WithOmitted(stored.OmittedBytes, stored.OmittedAt) : output;
    }

    /// <exception cref="RecordsException">It was removed meanwhile, or it is damaged.</exception>
    public Stream Open(long key, string id, OutputKind kind)
    {
        var stored = Find(key, kind) ?? throw new RecordsException($"The output of execution {id} is not kept any more.");
        return Open(stored, id);
    }

    /// <exception cref="RecordsException">It is damaged, or its file cannot be read.</exception>
    public Stream Open(StoredOutput stored, string id)
    {
        if (stored is { Encoding: OutputEncoding.Brotli, File: not null })
        {
            // Checked before it is decompressed: what comes out of damaged input is wrong long before its end.
            using var all = OpenStored(stored, id);
            all.CopyTo(Stream.Null, OutputStore.LargestInDatabase);
        }

        return stored.Encoding switch
        {
            OutputEncoding.Plain => OpenStored(stored, id),
            OutputEncoding.Brotli => new BrotliStream(OpenStored(stored, id), CompressionMode.Decompress),
            _ => throw new RecordsException($"The output of execution {id} is stored in the unknown form {(int)stored.Encoding}: it is damaged, or a newer program wrote it."),
        };
    }

    /// <summary>The stored bytes as they are, checked while they are read.</summary>
    public Stream OpenStored(StoredOutput stored, string id)
    {
        var name = stored.File is null ? $"The output of execution {id}" : Path.Combine(paths.Outputs, stored.File);
#pragma warning disable CA2000 // The checking stream disposes what it reads.
        return new ChecksummedStream(OpenUnchecked(stored, id), stored.StoredLength, stored.Seed(), stored.Crc, name);
#pragma warning restore CA2000
    }

    private Stream OpenUnchecked(StoredOutput stored, string id)
    {
        if (stored.File is null)
        {
            return stored.Bytes.Length == stored.StoredLength
                ? new MemoryStream(stored.Bytes.ToArray(), writable: false)
                : throw new RecordsException($"The output of execution {id} is damaged: {stored.Bytes.Length} bytes of {stored.StoredLength} are there.");
        }

        var path = Path.Combine(paths.Outputs, stored.File);
        if (Path.IsPathRooted(stored.File) || !Path.GetFullPath(path).StartsWith(paths.Outputs + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new RecordsException($"The record of the output of execution {id} is damaged: it names the file {stored.File}.");
        }

        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new RecordsException($"The output of execution {id} cannot be read: {e.Message}", e);
        }

        if (file.Length == stored.StoredLength)
        {
            return file;
        }

        var length = file.Length;
        file.Dispose();
        throw new RecordsException($"{path} is damaged: it has {length} bytes, {stored.StoredLength} were written.");
    }

    public static StoredOutput Read(SqliteDataReader reader, int first) => new()
    {
        Length = reader.GetInt64(first),
        OmittedBytes = reader.GetInt64(first + 1),
        OmittedAt = reader.GetInt64(first + 2),
        Encoding = (OutputEncoding)reader.GetInt64(first + 3),
        StoredLength = reader.GetInt64(first + 4),
        Crc = (uint)reader.GetInt64(first + 5),
        File = reader.IsDBNull(first + 6) ? null : reader.GetString(first + 6),
        Bytes = reader.IsDBNull(first + 7) ? default(ReadOnlyMemory<byte>) : reader.GetFieldValue<byte[]>(first + 7),
    };

    private StoredOutput? Find(long key, OutputKind kind)
    {
        try
        {
            using var connection = connections.OpenToRead();
            using var command = DatabaseConnections.Command(connection, $"SELECT {StoredOutput.Names} FROM {Table(kind)} WHERE execution = $key");
            command.Parameters.AddWithValue("$key", key);
            using var reader = command.ExecuteReader();
            return reader.Read() ? Read(reader, 0) : null;
        }
        catch (Exception e) when (e is SqliteException or InvalidCastException or InvalidOperationException)
        {
            throw new RecordsException(DatabaseErrors.Explain(paths.Database, e), e);
        }
    }
}

using System.Buffers;
using System.IO.Compression;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Dkron.Host.Records;

/// <summary>Looks for text in the outputs of one execution after the other, without regard to case.</summary>
internal sealed class OutputSearch(SqliteConnection connection, OutputReader outputs, string text) : IDisposable
{
    private const int PieceCharacters = 32 * 1024;
    private readonly SqliteCommand[] _find = [Find(connection, OutputKind.Processed), Find(connection, OutputKind.Raw)];

    /// <summary>Whether the output before or after the processors holds the text.</summary>
    /// <remarks>One that is damaged or was pruned meanwhile holds nothing: who opens it is told.</remarks>
    public bool IsIn(long key)
    {
        try
        {
            return _find.Any(find => Stored(find, key) is { } stored && IsIn(stored));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or InvalidOperationException)
        {
            return false;
        }
    }

    public void Dispose() => Array.ForEach(_find, find => find.Dispose());

    private static SqliteCommand Find(SqliteConnection connection, OutputKind kind)
    {
        var command = DatabaseConnections.Command(connection, $"SELECT {StoredOutput.Names} FROM {OutputReader.Table(kind)} WHERE execution = $key");
        command.Parameters.AddWithValue("$key", 0L);
        command.Prepare();
        return command;
    }

    private static StoredOutput? Stored(SqliteCommand find, long key)
    {
        find.Parameters[0].Value = key;
        using var reader = find.ExecuteReader();
        return reader.Read() ? OutputReader.Read(reader, 0) : null;
    }

    private bool IsIn(StoredOutput stored)
    {
        if (stored.File is not null || stored.Length > OutputStore.LargestInDatabase || stored.Bytes.Length != stored.StoredLength)
        {
            using var stream = outputs.Open(stored, "that is searched");
            return IsIn(stream);
        }

        if (~RecordChecksum.Append(stored.Seed(), stored.Bytes.Span) != stored.Crc)
        {
            return false;
        }

        var bytes = ArrayPool<byte>.Shared.Rent((int)stored.Length);
        var characters = ArrayPool<char>.Shared.Rent((int)stored.Length);
        try
        {
            ReadOnlySpan<byte> plain = stored.Bytes.Span;
            if (stored.Encoding == OutputEncoding.Brotli)
            {
                plain = BrotliDecoder.TryDecompress(plain, bytes, out var length) ? bytes.AsSpan(0, length) : [];
            }

            return characters.AsSpan(0, Encoding.UTF8.GetChars(plain, characters)).Contains(text, StringComparison.OrdinalIgnoreCase);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            ArrayPool<char>.Shared.Return(characters);
        }
    }

    /// <summary>Piece by piece, so that a large output is never wholly in memory.</summary>
    private bool IsIn(Stream output)
    {
        using var reader = new StreamReader(output, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: false, PieceCharacters);
        var piece = new char[PieceCharacters + text.Length];
        var kept = 0;
        for (var count = reader.ReadBlock(piece, 0, piece.Length); count > 0; count = reader.ReadBlock(piece, kept, piece.Length - kept))
        {
            var filled = kept + count;
            if (piece.AsSpan(0, filled).Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            // The text may begin in this piece and end in the next.
            kept = Math.Min(filled, Math.Max(text.Length - 1, 0));
            piece.AsSpan(filled - kept, kept).CopyTo(piece);
        }

        return false;
    }
}

using System.Buffers.Binary;
using Microsoft.Data.Sqlite;

namespace Dkron.Host.Records;

/// <summary>How many commits were acknowledged, kept beside the database: one that was acknowledged and is not in the database is lost, however whole that looks.</summary>
/// <remarks>
/// SQLite reads its log up to the first damaged frame and takes that for the log's end: commits behind it are gone without a word.
/// The mark is written when a commit is on disk and is not synced itself: after a loss of power it may say less, never more.
/// </remarks>
internal sealed class CommitMark(string path) : IDisposable
{
    /// <summary>Where the database keeps the same number.</summary>
    public const string Store = "INSERT INTO totals (name, value) VALUES ('commits', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value";

    private const int Length = sizeof(long) + sizeof(uint);
    private readonly FileStream _file = Open(path);

    /// <summary>What the mark says; 0 when there is none, null when it is damaged.</summary>
    public static long? Read(string path)
    {
        if (!File.Exists(path))
        {
            return 0;
        }

        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> bytes = stackalloc byte[Length + 1];
        var length = RandomAccess.Read(file, bytes, 0);
        var count = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        return length == 0 ? 0
            : length == Length && BinaryPrimitives.ReadUInt32LittleEndian(bytes[sizeof(long)..]) == RecordChecksum.Append(uint.MaxValue, bytes[..sizeof(long)]) ? count
            : null;
    }

    /// <summary>What the database says; 0 when it was made before commits were counted.</summary>
    public static long Counted(SqliteConnection connection) => RecordSchema.Number(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'totals'") == 0
        ? 0
        : RecordSchema.Number(connection, "SELECT value FROM totals WHERE name = 'commits'");

    public void Write(long count)
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, count);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[sizeof(long)..], RecordChecksum.Append(uint.MaxValue, bytes[..sizeof(long)]));
        try
        {
            RandomAccess.Write(_file.SafeFileHandle, bytes, 0);
        }
        catch (IOException)
        {
            // The commit is on disk; an older mark only notices less.
        }
    }

    public void Dispose() => _file.Dispose();

    private static FileStream Open(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}

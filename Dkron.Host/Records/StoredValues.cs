using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Dkron.Host.Records;

/// <summary>Reads the values of a row that may be damaged, without ever throwing for it.</summary>
/// <remarks>A flipped bit makes a stored 0 a NULL or a text, whatever the table allows; a reader that throws at it would hold up all other rows.</remarks>
internal sealed class StoredValues(SqliteDataReader reader)
{
    /// <summary>Whether each value that was read so far is of the kind that was asked for. Where one is not, 0 or an empty text was given for it.</summary>
    public bool AreWhole { get; private set; } = true;

    public long Number(int column) => OptionalNumber(column) ?? Missing(0L);

    public long? OptionalNumber(int column) => TypeOf(column) switch
    {
        raw.SQLITE_INTEGER => reader.GetInt64(column),
        raw.SQLITE_NULL => null,
        _ => Missing((long?)null),
    };

    public string Text(int column) => OptionalText(column) ?? Missing("");

    /// <remarks>By its bytes: what is no UTF-8 any more shall not throw either.</remarks>
    public string? OptionalText(int column) => OptionalUtf8(column) is { } text ? Encoding.UTF8.GetString(text) : null;

    /// <summary>A text as it is stored.</summary>
    public byte[]? OptionalUtf8(int column) => TypeOf(column) switch
    {
        raw.SQLITE_TEXT => raw.sqlite3_column_blob(reader.Handle, column).ToArray(),
        raw.SQLITE_NULL => null,
        _ => Missing((byte[]?)null),
    };

    public ReadOnlySpan<byte> Bytes(int column)
    {
        if (TypeOf(column) == raw.SQLITE_BLOB)
        {
            return raw.sqlite3_column_blob(reader.Handle, column);
        }

        AreWhole = false;
        return [];
    }

    private int TypeOf(int column) => raw.sqlite3_column_type(reader.Handle, column);

    private T Missing<T>(T instead)
    {
        AreWhole = false;
        return instead;
    }
}

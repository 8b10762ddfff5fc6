using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Dkron.Host.Records;

/// <summary>One prepared statement of the writer, bound value by value. Not safe for two threads.</summary>
/// <remarks>The writer runs a handful of statements for every execution; SqliteCommand would box each value and build a reader for each run.</remarks>
internal sealed partial class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly nint _pointer;   // of the same, for what is called so often that even the handle's counting shows
    private int _bound;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(_database, sql, out _statement), _database);
        _pointer = _statement.DangerousGetHandle();
    }

    public SqliteStatement Bind(long value) => Checked(BindInteger(_pointer, ++_bound, value));

    public SqliteStatement Bind(long? value) => value is { } known ? Bind(known) : Checked(BindNull(_pointer, ++_bound));

    public SqliteStatement Bind(string? value)
    {
        if (value is null)
        {
            return Bind((long?)null);
        }

        const int Small = 512;
        var length = Encoding.UTF8.GetByteCount(value);
        Span<byte> text = length <= Small ? stackalloc byte[Small] : new byte[length];
        return Checked(raw.sqlite3_bind_text(_statement, ++_bound, text[..Encoding.UTF8.GetBytes(value, text)]));
    }

    /// <summary>Binds a text that is in UTF-8 already.</summary>
    public SqliteStatement BindUtf8(byte[]? value) => value is null ? Bind((long?)null) : Checked(raw.sqlite3_bind_text(_statement, ++_bound, value.AsSpan()));

    public SqliteStatement Bind(ReadOnlySpan<byte> value) => Checked(raw.sqlite3_bind_blob(_statement, ++_bound, value));

    /// <summary>Runs a statement to its end.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Run()
    {
        while (Step())
        {
            // Rows of no interest, as those of PRAGMA incremental_vacuum, which frees a page for each.
        }

        Reset();
        return raw.sqlite3_changes(_database);
    }

    /// <summary>The first column of the first row; null when there is no row or no value.</summary>
    public long? Number()
    {
        long? number = Step() && raw.sqlite3_column_type(_statement, 0) != raw.SQLITE_NULL ? raw.sqlite3_column_int64(_statement, 0) : null;
        Reset();
        return number;
    }

    /// <summary>Goes to the next row. After the last, or to leave earlier, call <see cref="Reset"/>.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code is raw.SQLITE_ROW or raw.SQLITE_DONE)
        {
            return code == raw.SQLITE_ROW;
        }

        try
        {
            SqliteException.ThrowExceptionForRC(code, _database);
        }
        finally
        {
            Reset();
        }

        return false;
    }

    public long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    public string? Text(int column) =>
        raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL ? null : raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public void Reset()
    {
        _ = raw.sqlite3_reset(_statement);   // repeats the error of the step, which was thrown already
        _bound = 0;
    }

    public void Dispose() => _statement.Dispose();

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_bind_int64")]
    [SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int BindInteger(nint statement, int index, long value);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_bind_null")]
    [SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int BindNull(nint statement, int index);

    private SqliteStatement Checked(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            _bound = 0;
            SqliteException.ThrowExceptionForRC(code, _database);
        }

        return this;
    }
}

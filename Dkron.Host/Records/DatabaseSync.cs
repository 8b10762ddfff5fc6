using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Dkron.Host.Records;

/// <summary>Brings what was written into the database's file to disk.</summary>
/// <remarks>
/// Through the descriptor that SQLite has: when any other one of the file is closed, the process loses SQLite's locks (fcntl(2), sqlite.org/howtocorrupt.html 2.2).
/// Source: sqlite3.h, sqlite3_file_control, sqlite3_io_methods.
/// </remarks>
internal static unsafe partial class DatabaseSync
{
    private const int FilePointer = 7;   // SQLITE_FCNTL_FILE_POINTER
    private const int Normally = 2;      // SQLITE_SYNC_NORMAL

    /// <summary>Syncs what this and all other connections have written. Only on the thread that uses the connection.</summary>
    /// <exception cref="SqliteException">It cannot be synced.</exception>
    public static void Sync(SqliteConnection connection)
    {
        var database = connection.Handle!;
        OpenFile* file;
        SqliteException.ThrowExceptionForRC(Control(database, "main", FilePointer, &file), database);
        SqliteException.ThrowExceptionForRC(file->Methods->Sync(file, Normally), database);
    }

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(sqlite3 database, string schema, int operation, void* argument);

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenFile
    {
        public FileMethods* Methods;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct FileMethods
    {
        public int Version;
        public nint Close;
        public nint Read;
        public nint Write;
        public nint Truncate;
        public delegate* unmanaged[Cdecl]<OpenFile*, int, int> Sync;
    }
}

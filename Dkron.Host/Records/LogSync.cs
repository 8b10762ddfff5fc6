using Microsoft.Win32.SafeHandles;

namespace Dkron.Host.Records;

/// <summary>Brings commits to disk: SQLite writes them to its log, and one call here makes all that was written durable.</summary>
/// <remarks>
/// SQLite as it is packaged syncs the log with fsync(2), which also waits for the file system's journal, because each commit makes the
/// log longer; and that waits for whatever else is written to the disk, above all the checkpoints. A log that has its length from the
/// beginning and is synced with fdatasync(2) needs the data alone on disk. Where there is no fdatasync, SQLite does it its way.
/// </remarks>
internal sealed class LogSync : IDisposable
{
    /// <summary>The length that the log gets at once: 32 MiB. It begins anew about there; under the heaviest load it has grown to twice that, and is longer then.</summary>
    public const long Reserve = 32L * 1024 * 1024;

    private const long LeastFreeSpace = 32 * Reserve;
    private readonly SafeFileHandle? _log;

    private LogSync(SafeFileHandle? log) => _log = log;

    /// <summary>Whether commits are synced here; where not, SQLite must do it.</summary>
    public static bool IsOurs => OperatingSystem.IsLinux();

    /// <summary>Gives the log its length and opens it. Before the first commit, for SQLite must not write at the same time.</summary>
    public static LogSync Open(string database)
    {
        if (!IsOurs)
        {
            return new LogSync(null);
        }

        var log = File.OpenHandle(database + "-wal", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            Lengthen(log, database);
            return new LogSync(log);
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>What was committed before this call is on disk after it.</summary>
    public void Sync()
    {
        if (_log is not null)
        {
            NativeFiles.SyncData(_log);
        }
    }

    public void Dispose() => _log?.Dispose();

    /// <summary>Zeros behind the end are no frames for SQLite: its salts are never 0.</summary>
    private static void Lengthen(SafeFileHandle log, string database)
    {
        var end = RandomAccess.GetLength(log);
        if (new DriveInfo(Path.GetDirectoryName(database)!).AvailableFreeSpace < LeastFreeSpace)
        {
            return;
        }

        var zeros = new byte[1024 * 1024];
        for (var at = end; at < Reserve; at += zeros.Length)
        {
            // Not synced here: the first commit's sync takes it along.
            RandomAccess.Write(log, zeros.AsSpan(0, (int)Math.Min(zeros.Length, Reserve - at)), at);
        }
    }
}

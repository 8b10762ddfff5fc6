using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Records;

/// <summary>Deletes output files that no record names any more, away from the writer: unlinking a large file takes time.</summary>
internal sealed partial class OutputCleaner : IAsyncDisposable
{
    private readonly DataPaths _paths;
    private readonly string? _orphansTo;
    private readonly ILogger _logger;
    private readonly DateTime _openedAt;
    private readonly Channel<string> _files = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    /// <remarks><paramref name="firstKey"/>: files of later executions are not looked at: they are being written. <paramref name="orphansTo"/>: where files go that no record names; null to delete them.</remarks>
    public OutputCleaner(DataPaths paths, DatabaseConnections connections, long firstKey, string? orphansTo, ILogger logger)
    {
        _paths = paths;
        _orphansTo = orphansTo;
        // By the clock of the file system, which also dates the outputs: the mark was written when the database was opened.
        _openedAt = File.GetLastWriteTimeUtc(paths.Commits);
        _logger = logger;
        _work = Task.Run(async () =>
        {
            DeleteOrphans(connections, firstKey);
            await foreach (var file in _files.Reader.ReadAllAsync(CancellationToken.None))
            {
                DeleteOne(Path.Combine(_paths.Outputs, file));
            }
        });
    }

    /// <summary>Deletes files once they are not named on disk any more.</summary>
    /// <remarks><paramref name="files"/>: full, or relative to the output folder.</remarks>
    public void Delete(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            _files.Writer.TryWrite(file);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _files.Writer.Complete();
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
    }

    /// <summary>Whether a record needs the file: one that names it, or one whose command was cut off while it wrote there.</summary>
    private static bool IsNeeded(SqliteCommand command, string name, long key, bool isEmpty)
    {
        command.Parameters["$file"].Value = name;
        command.Parameters["$key"].Value = key;
        command.Parameters["$unfinished"].Value = isEmpty ? 0 : 1;
        return command.ExecuteScalar() is not null;
    }

    /// <summary>Deletes what a crash left between the writing of a file and the commit that would have named it.</summary>
    private void DeleteOrphans(DatabaseConnections connections, long firstKey)
    {
        try
        {
            if (Directory.Exists(_paths.Outputs))
            {
                LookAtAll(connections, firstKey);
            }

            if (_orphansTo is not null && !_stop.IsCancellationRequested)
            {
                OrphanMark.Delete(_paths, _orphansTo);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException)
        {
            LogCannotDelete(_paths.Outputs, e.Message);
        }
    }

    private void LookAtAll(DatabaseConnections connections, long firstKey)
    {
        using var connection = connections.OpenToRead();
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT 1 FROM raw_outputs WHERE execution = $key AND file = $file
            UNION ALL SELECT 1 FROM processed_outputs WHERE execution = $key AND file = $file
            UNION ALL SELECT 1 FROM delivery_inputs WHERE execution = $key AND file = $file
            UNION ALL SELECT 1 FROM executions WHERE key = $key AND status = 0 AND $unfinished
            """;
        command.Parameters.AddWithValue("$key", 0L);
        command.Parameters.AddWithValue("$file", "");
        command.Parameters.AddWithValue("$unfinished", 0);
        var count = 0;
        foreach (var path in Directory.EnumerateFiles(_paths.Outputs, "*", SearchOption.AllDirectories).TakeWhile(_ => !_stop.IsCancellationRequested))
        {
            // An execution of an earlier process may be processed by now, and its output be written before a record names it.
            if (ExecutionId.TryParse(Path.GetFileName(path), out var key, out _) && key < firstKey && File.GetLastWriteTimeUtc(path) < _openedAt
                && !IsNeeded(command, Path.GetRelativePath(_paths.Outputs, path), key, new FileInfo(path).Length == 0))
            {
                count++;
                Discard(path);
            }
        }

        if (count > 0)
        {
            LogOrphans(count, _orphansTo is null ? "deleted" : $"moved to {_orphansTo}");
        }
    }

    private void Discard(string orphan)
    {
        if (_orphansTo is null)
        {
            DeleteOne(orphan);
            return;
        }

        DataPaths.CreateFolder(_orphansTo);
        File.Move(orphan, Path.Combine(_orphansTo, Path.GetFileName(orphan)), overwrite: true);
    }

    private void DeleteOne(string path)
    {
        try
        {
            File.Delete(path);
            var folder = Path.GetDirectoryName(path)!;
            // A day's folder goes with its last file, but never one of the last two, in which a command may just begin to write.
            if (!Directory.EnumerateFileSystemEntries(folder).Any() && !Directory.EnumerateDirectories(_paths.Outputs).OrderDescending(StringComparer.Ordinal).Take(2).Contains(folder))
            {
                Directory.Delete(folder);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Gone with its folder.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogCannotDelete(path, e.Message);
        }
    }

    [LoggerMessage(4020, LogLevel.Information, "Records: {Count} output files that no record names were {Done}")]
    private partial void LogOrphans(int count, string done);

    [LoggerMessage(4021, LogLevel.Warning, "Records: {Path} cannot be deleted: {Reason}")]
    private partial void LogCannotDelete(string path, string reason);
}

using System.Globalization;
using System.IO.Compression;
using Dkron.Abstractions;

namespace Dkron.Host.Records;

/// <summary>Brings outputs into the form in which they are stored. Runs on the threads of those who finish, never on the writer's.</summary>
/// <remarks>Whatever a file's name is committed for is on disk, file and folder, before it is handed to the writer.</remarks>
internal sealed class OutputStore(DataPaths paths)
{
    /// <summary>Up to this many bytes stand in the database: beyond, reading and writing files is faster. Source: sqlite.org/intern-v-extern-blob.html.</summary>
    public const int LargestInDatabase = 64 * 1024;

    private const string Compressed = ".br";
    private const int SmallestCompressed = 1024;
    private const long LargestCompressed = 64L * 1024 * 1024;   // about 0.3 s of one core; beyond, the end of the command is on disk sooner without

    /// <summary>The file for the raw output of an execution; its folder exists when this returns.</summary>
    public string PathFor(string id) => paths.OutputPath(id, OutputKind.Raw);

    /// <summary>Prepares the raw output. A file of the command's runner is moved to its place, unless it lies there already.</summary>
    /// <returns>Null when there is no output.</returns>
    public async Task<StoredOutput?> PrepareRawAsync(string id, ExecutionOutput output, string? file, CancellationToken cancellationToken)
    {
        if (output.Length == 0)
        {
            return null;
        }

        if (file is null)
        {
            return await PrepareAsync(PathFor(id), output, cancellationToken);
        }

        var path = PathFor(id);
        if (Path.GetFullPath(file) != path)
        {
            paths.CreateOutputFolder(path);
            File.Move(file, path, overwrite: true);
        }

        return await Task.Run(() => Adopt(path, Describe(output) with { Length = new FileInfo(path).Length }), cancellationToken);
    }

    /// <summary>Prepares what processors made, which lies in memory or can be read from wherever it lies.</summary>
    public Task<StoredOutput> PrepareProcessedAsync(string id, ExecutionOutput output, CancellationToken cancellationToken) =>
        PrepareAsync(paths.OutputPath(id, OutputKind.Processed), output, cancellationToken);

    /// <summary>Prepares what a step got, to be kept until it has worked.</summary>
    /// <exception cref="RecordsException">It cannot be read any more.</exception>
    public Task<StoredOutput> PrepareInputAsync(string id, int step, ExecutionOutput input, CancellationToken cancellationToken) =>
        PrepareAsync(paths.InputPath(id, step), input, cancellationToken);

    private async Task<StoredOutput> PrepareAsync(string name, ExecutionOutput output, CancellationToken cancellationToken)
    {
        if (Small(output) is { } small)
        {
            return small;
        }

        var path = Unused(name);
        paths.CreateOutputFolder(path);
        try
        {
            await using var source = output.OpenRead();
            await using var target = Create(path);
            await source.CopyToAsync(target, cancellationToken);
        }
        catch
        {
            File.Delete(path);   // it will be tried again, under a name of its own
            throw;
        }

        var stored = await Task.Run(() => Adopt(path, Describe(output) with { Length = new FileInfo(path).Length }), cancellationToken);
        if (stored.Superseded is { } plain)
        {
            File.Delete(plain);   // nobody but this call knows it
        }

        return stored with { Superseded = null };
    }

    /// <summary>An output of at most <see cref="LargestInDatabase"/> in memory, for the short time until it changes again: not compressed.</summary>
    public static StoredOutput Plain(ExecutionOutput output)
    {
        var stored = Describe(output) with { StoredLength = output.Length, Bytes = output.Bytes };
        return stored with { Crc = ~RecordChecksum.Append(stored.Seed(), stored.Bytes.Span) };
    }

    /// <summary>An output that goes into the database as it is; null when it is larger than <see cref="LargestInDatabase"/> or does not lie in memory.</summary>
    public static StoredOutput? Small(ExecutionOutput output) =>
        output.IsInMemory && output.Length <= LargestInDatabase ? InDatabase(Describe(output), output.Bytes) : null;

    private static StoredOutput Describe(ExecutionOutput output) =>
        new() { Length = output.Length, OmittedBytes = output.OmittedBytes, OmittedAt = output.OmittedAt };

    private static StoredOutput InDatabase(StoredOutput described, ReadOnlyMemory<byte> bytes)
    {
        var compressed = bytes.Length >= SmallestCompressed ? Compress(bytes.Span) : null;
        var stored = described with
        {
            Length = bytes.Length,
            Encoding = compressed is null ? OutputEncoding.Plain : OutputEncoding.Brotli,
            StoredLength = compressed?.Length ?? bytes.Length,
            Bytes = compressed ?? bytes,
        };
        return stored with { Crc = ~RecordChecksum.Append(stored.Seed(), stored.Bytes.Span) };
    }

    /// <summary>The compressed bytes; null when they save less than a quarter.</summary>
    private static byte[]? Compress(ReadOnlySpan<byte> bytes)
    {
        var target = new byte[bytes.Length * 3 / 4];
        return BrotliEncoder.TryCompress(bytes, target, out var length, quality: 1, window: 18) ? target.AsSpan(0, length).ToArray() : null;
    }

    /// <summary>Where nothing is named yet: an output that changes again must not overwrite what is on record.</summary>
    private static string Unused(string name)
    {
        var path = name;
        for (var i = 2; File.Exists(path) || File.Exists(path + Compressed); i++)
        {
            path = string.Create(CultureInfo.InvariantCulture, $"{name}-{i}");
        }

        return path;
    }

    private StoredOutput Adopt(string path, StoredOutput described)
    {
        if (described.Length <= LargestInDatabase)
        {
            return InDatabase(described, File.ReadAllBytes(path)) with { Superseded = path };
        }

        Restrict(path);
        var compressed = described.Length <= LargestCompressed && IsWorthCompressing(path) ? CompressFile(path) : null;
        var file = compressed ?? path;
        var length = new FileInfo(file).Length;
        var stored = described with { Encoding = compressed is null ? OutputEncoding.Plain : OutputEncoding.Brotli, StoredLength = length, Superseded = compressed is null ? null : path };
        if (length <= LargestInDatabase)
        {
            stored = stored with { Bytes = File.ReadAllBytes(file) };
            File.Delete(file);
            return stored with { Crc = ~RecordChecksum.Append(stored.Seed(), stored.Bytes.Span) };
        }

        stored = stored with { File = Path.GetRelativePath(paths.Outputs, file) };
        var crc = Checksum(file, stored.Seed());
        NativeFiles.SyncFile(file);
        NativeFiles.SyncFolder(Path.GetDirectoryName(file)!);
        NativeFiles.SyncFolder(paths.Outputs);
        return stored with { Crc = crc };
    }

    private static bool IsWorthCompressing(string path)
    {
        var sample = new byte[LargestInDatabase];
        using var file = File.OpenRead(path);
        return Compress(sample.AsSpan(0, file.ReadAtLeast(sample, sample.Length, throwOnEndOfStream: false))) is not null;
    }

    /// <summary>Writes the compressed form beside a file. Null when there is no room for it: then the file stays as it is.</summary>
    private static string? CompressFile(string path)
    {
        var compressed = path + Compressed;
        try
        {
            using var source = File.OpenRead(path);
            using var target = new BrotliStream(Create(compressed), CompressionLevel.Fastest);
            source.CopyTo(target, LargestInDatabase);
            return compressed;
        }
        catch (IOException)
        {
            File.Delete(compressed);
            return null;
        }
    }

    private static uint Checksum(string path, uint state)
    {
        var buffer = new byte[LargestInDatabase];
        using var file = File.OpenRead(path);
        for (var count = file.Read(buffer); count > 0; count = file.Read(buffer))
        {
            state = RecordChecksum.Append(state, buffer.AsSpan(0, count));
        }

        return ~state;
    }

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    private static void Restrict(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}

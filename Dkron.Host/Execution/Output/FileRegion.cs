using System.Buffers;

namespace Dkron.Host.Execution.Output;

/// <summary>A region in a file that gets its name when it is complete.</summary>
internal sealed class FileRegion : OutputRegion, IDisposable
{
    private const int CopyBytes = 64 * 1024;

    private readonly string _path;
    private readonly string _growing;
    private readonly FileStream _file;

    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The host may not make it.</exception>
    public FileRegion(string path, long capacity)
        : base(capacity)
    {
        _path = path;
        _growing = GrowingPath(path);
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }

        _file = Create(_growing);
    }

    /// <summary>Where it lies until it is complete.</summary>
    public static string GrowingPath(string path) => path + ".growing";

    /// <summary>Puts head, mark and tail in order, on disk for certain, under the file's name.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Complete(ReadOnlySpan<byte> mark)
    {
        if (Omitted == 0)
        {
            _file.Flush(flushToDisk: true);
            File.Move(_growing, _path, overwrite: true);
            return;
        }

        var ordered = _path + ".ordering";
        try
        {
            using (var target = Create(ordered))
            {
                CopyTo(target, 0, HeadLength);
                target.Write(mark);
                CopyTo(target, HeadLength, Kept);
                target.Flush(flushToDisk: true);
            }

            File.Move(ordered, _path, overwrite: true);
        }
        catch
        {
            File.Delete(ordered);
            throw;
        }
    }

    /// <summary>Closes the file; one that was not completed is deleted.</summary>
    public void Dispose()
    {
        _file.Dispose();
        File.Delete(_growing);
    }

    protected override void WriteAt(long position, ReadOnlySpan<byte> data) => RandomAccess.Write(_file.SafeFileHandle, data, position);

    protected override int ReadAt(long position, Span<byte> buffer) =>
        RandomAccess.Read(_file.SafeFileHandle, buffer, position);

    private void CopyTo(FileStream target, long from, long to)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            while (from < to)
            {
                var count = Read(from, buffer.AsSpan(0, (int)Math.Min(CopyBytes, to - from)));
                if (count == 0)
                {
                    throw new EndOfStreamException($"'{_growing}' is shorter than what was written to it.");
                }

                target.Write(buffer, 0, count);
                from += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static FileStream Create(string path)
    {
        // What a crash left is not continued, and its permissions do not count.
        File.Delete(path);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}

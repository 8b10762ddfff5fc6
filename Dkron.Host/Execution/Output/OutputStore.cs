using System.Globalization;
using System.Text;
using Dkron.Abstractions;

namespace Dkron.Host.Execution.Output;

/// <summary>Keeps what a running command writes: up to a limit in memory, beyond it in a file, never more than is wanted.</summary>
/// <remarks>
/// Memory always holds what it would keep without the file, so that a full disk costs the middle of the output only.
/// Safe for one writer and any number of readers.
/// </remarks>
internal sealed class OutputStore(long maxBytes, int memoryBytes, string filePath, LiveOutput? live) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly MemoryRegion _memory = new((int)Math.Min(maxBytes, memoryBytes));
    private FileRegion? _file;
    private string? _fileError;
    private StoredOutput? _stored;

    /// <summary>How much more can come before a file is written; 0 when the next byte goes there.</summary>
    public long RoomInMemory
    {
        get
        {
            lock (_gate)
            {
                return maxBytes <= memoryBytes || _fileError is not null ? long.MaxValue : Math.Max(0, memoryBytes - _memory.Total);
            }
        }
    }

    /// <summary>How many bytes came so far.</summary>
    public long Total
    {
        get
        {
            lock (_gate)
            {
                return _memory.Total;
            }
        }
    }

    private OutputRegion Region => (OutputRegion?)_file ?? _memory;

    public void Append(ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            if (_stored is not null)
            {
                return;
            }

            if (maxBytes > memoryBytes && _memory.Total + data.Length > memoryBytes && _fileError is null)
            {
                AppendToFile(data);
            }

            _memory.Append(data);
        }

        live?.Changed();
    }

    /// <summary>Copies of the kept bytes from an offset in the stream on; from the next kept one when that one is gone.</summary>
    /// <returns>The offset of the first byte copied, and how many were.</returns>
    public (long Offset, int Count) Read(long offset, Span<byte> buffer)
    {
        lock (_gate)
        {
            var (head, kept, omitted) = _stored is { } stored
                ? (stored.HeadLength, stored.Kept, stored.Output.OmittedBytes)
                : (Region.HeadLength, Region.Kept, Region.Omitted);
            offset = omitted > 0 && offset >= head && offset < head + omitted ? head + omitted : Math.Min(offset, kept + omitted);
            var inTail = omitted > 0 && offset >= head;
            var keptOffset = inTail ? offset - omitted : offset;

            // One piece never spans the gap, or its second half would stand at another offset than its reader thinks.
            buffer = !inTail && omitted > 0 ? buffer[..(int)Math.Min(buffer.Length, head - offset)] : buffer;
            return (offset, _stored?.Read(keptOffset, buffer) ?? Region.Read(keptOffset, buffer));
        }
    }

    /// <summary>Ends the output: what came is put in order, and what comes is dropped.</summary>
    public StoredOutput Complete()
    {
        lock (_gate)
        {
            _stored ??= CompleteFile() ?? CompleteMemory();
            _memory.Dispose();
            return _stored;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            DropFile();
            _memory.Dispose();
            _stored ??= new StoredOutput(ExecutionOutput.Empty, null, 0, 0, 0, null);
        }
    }

    private void AppendToFile(ReadOnlySpan<byte> data)
    {
        try
        {
            if (_file is null)
            {
                var soFar = new byte[_memory.Kept];
                _memory.Read(0, soFar);
                _file = new FileRegion(filePath, maxBytes);
                _file.Append(soFar);
            }

            _file.Append(data);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _fileError = e.Message;
            DropFile();
        }
    }

    private StoredOutput? CompleteFile()
    {
        if (_file is null)
        {
            return null;
        }

        try
        {
            var mark = Mark(_file, maxBytes);
            _file.Complete(mark);
            var output = new ExecutionOutput(_file.Kept + mark.Length, () => OpenRead(filePath))
            {
                OmittedBytes = _file.Omitted,
                OmittedAt = _file.Omitted > 0 ? _file.HeadLength : 0,
            };
            return new StoredOutput(output, filePath, _file.HeadLength, _file.Kept, mark.Length, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _fileError = e.Message;
            return null;
        }
        finally
        {
            DropFile();
        }
    }

    private StoredOutput CompleteMemory()
    {
        var mark = Mark(_memory, maxBytes);
        var head = (int)Math.Min(_memory.HeadLength, _memory.Kept);
        var bytes = new byte[_memory.Kept + mark.Length];
        _memory.Read(0, bytes.AsSpan(0, head));
        mark.CopyTo(bytes, head);
        _memory.Read(head, bytes.AsSpan(head + mark.Length));
        var omitted = _memory.Omitted;
        var output = omitted == 0
            ? ExecutionOutput.FromBytes(bytes)
            : ExecutionOutput.FromBytes(bytes).WithOmitted(omitted, head);
        return new StoredOutput(output, null, head, _memory.Kept, mark.Length, _fileError);
    }

    private static FileStream OpenRead(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private byte[] Mark(OutputRegion region, long max)
    {
        var why = _fileError is null ? $"max_output {max.ToString(CultureInfo.InvariantCulture)}" : $"it could not be written to a file: {_fileError}";
        return region.Omitted == 0 ? [] : Encoding.UTF8.GetBytes($"\n[dkron: {region.Omitted.ToString(CultureInfo.InvariantCulture)} bytes cut here, {why}]\n");
    }

    private void DropFile()
    {
        try
        {
            _file?.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _fileError ??= e.Message;
        }

        _file = null;
    }
}

using System.Runtime.InteropServices;
using System.Text;

namespace Dkron.Abstractions;

/// <summary>What a command wrote to stdout and stderr, in order of arrival, or what an earlier processor made of it.</summary>
/// <remarks>
/// Immutable and safe to read from any thread while the call runs. Small output lies in memory; large output lies in a file
/// and is only read when asked for: prefer <see cref="OpenRead"/> where the size is not known to be small.
/// </remarks>
public sealed class ExecutionOutput
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly Func<Stream>? _open;

    private ExecutionOutput(ExecutionOutput source)
    {
        _bytes = source._bytes;
        _open = source._open;
        Length = source.Length;
    }

    private ExecutionOutput(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        Length = bytes.Length;
    }

    internal ExecutionOutput(long length, Func<Stream> open)
    {
        Length = length;
        _open = open;
    }

    /// <summary>No output at all.</summary>
    public static ExecutionOutput Empty { get; } = new(ReadOnlyMemory<byte>.Empty);

    /// <summary>The number of bytes that <see cref="OpenRead"/> gives.</summary>
    public long Length { get; }

    /// <summary>Whether bytes were cut out because there were more than <c>max_output</c>. A line in their place says so.</summary>
    public bool IsTruncated => OmittedBytes > 0;

    /// <summary>How many bytes were cut out; 0 when none were.</summary>
    public long OmittedBytes { get; internal init; }

    /// <summary>Where in this output the cut bytes are missing, in bytes from its start; 0 when none are.</summary>
    public long OmittedAt { get; internal init; }

    /// <summary>Whether the output lies in memory, so that <see cref="Bytes"/> may be read.</summary>
    public bool IsInMemory => _open is null;

    /// <summary>The output, when it lies in memory.</summary>
    /// <exception cref="InvalidOperationException">It lies in a file: see <see cref="IsInMemory"/>.</exception>
    public ReadOnlyMemory<byte> Bytes =>
        IsInMemory ? _bytes : throw new InvalidOperationException($"This output of {Length} bytes lies in a file: use {nameof(OpenRead)}.");

    /// <summary>An output that lies in memory.</summary>
    /// <param name="bytes">The bytes; not copied, so do not change them afterwards.</param>
    /// <returns>The output.</returns>
    public static ExecutionOutput FromBytes(ReadOnlyMemory<byte> bytes) => bytes.IsEmpty ? Empty : new(bytes);

    /// <summary>An output that lies in memory.</summary>
    /// <param name="text">The text; kept as UTF-8.</param>
    /// <returns>The output.</returns>
    public static ExecutionOutput FromText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return FromBytes(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>An output that lies in a file, as large output does.</summary>
    /// <param name="path">The file; it must stay as it is while the output is in use.</param>
    /// <returns>The output.</returns>
    /// <exception cref="IOException">There is no such file.</exception>
    /// <remarks>For tests of processors. Since contract 1.1.</remarks>
    public static ExecutionOutput FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new(new FileInfo(path).Length, () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
    }

    /// <summary>Reads the output from its start. Works for every output, as often as asked, during the call.</summary>
    /// <returns>A readable stream that the caller disposes.</returns>
    /// <exception cref="IOException">The file in which it lies cannot be read.</exception>
    public Stream OpenRead()
    {
        if (_open is not null)
        {
            return _open();
        }

        return MemoryMarshal.TryGetArray(_bytes, out var segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(_bytes.ToArray(), writable: false);
    }

    /// <summary>The same output, from which bytes were cut out before.</summary>
    /// <param name="omittedBytes">How many bytes; 0 when none were.</param>
    /// <param name="omittedAt">Where they are missing, in bytes from the start.</param>
    /// <returns>The output.</returns>
    /// <remarks>For tests of processors. Since contract 1.1.</remarks>
    public ExecutionOutput WithOmitted(long omittedBytes, long omittedAt) => new(this) { OmittedBytes = omittedBytes, OmittedAt = omittedAt };

    /// <summary>The output as text: UTF-8, with U+FFFD for what is not. Reads all of it into memory.</summary>
    /// <returns>The text.</returns>
    /// <exception cref="IOException">The file in which it lies cannot be read.</exception>
    public override string ToString()
    {
        if (_open is null)
        {
            return Encoding.UTF8.GetString(_bytes.Span);
        }

        using var reader = new StreamReader(_open(), new UTF8Encoding(false), detectEncodingFromByteOrderMarks: false);
        return reader.ReadToEnd();
    }
}

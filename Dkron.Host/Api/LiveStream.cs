using System.Globalization;
using System.Text;

namespace Dkron.Host.Api;

/// <summary>Reads the output of a running command from its first byte on.</summary>
/// <param name="live">The output.</param>
/// <param name="follow">Whether it waits for what is still to come; otherwise it ends with what there is.</param>
internal sealed class LiveStream(LiveBytes live, bool follow) : Stream
{
    private long _offset;
    private ReadOnlyMemory<byte> _rest;
    private bool _ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty && !_ended && !buffer.IsEmpty)
        {
            var piece = live.Read(_offset, buffer.Length);
            if (!piece.Data.IsEmpty)
            {
                var gap = piece.Offset - _offset;
                _offset = piece.Offset + piece.Data.Length;
                _rest = gap > 0 ? WithMark(gap, piece.Data) : piece.Data;
            }

            _ended = piece.IsLast || (_rest.IsEmpty && !follow);
            if (_rest.IsEmpty && !_ended)
            {
                await live.WaitAsync(_offset, cancellationToken);
            }
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A running command's output is read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static byte[] WithMark(long gap, ReadOnlyMemory<byte> data) =>
        [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\n[dkron: {gap} bytes are not kept]\n")), .. data.Span];
}

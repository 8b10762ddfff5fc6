using System.Globalization;
using System.Text;

namespace Dkron.Host.Api;

/// <summary>Reads the output of a running command from its first byte on.</summary>
/// <param name="live">The output.</param>
/// <param name="follow">Whether it waits for what is still to come; otherwise it ends with what there is.</param>
internal sealed class LiveStream(LiveBytes live, bool follow) : Stream
{
    private const int MarkLimit = 64;

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
            // Room is left for a mark in front.
            var piece = live.Read(_offset, buffer[..^Math.Min(MarkLimit, buffer.Length / 2)]);
            _ended = piece.IsLast || (piece.Count == 0 && !follow);
            if (piece.Count > 0)
            {
                var gap = piece.Offset - _offset;
                _offset = piece.Offset + piece.Count;
                return gap == 0 ? piece.Count : InsertMark(gap, buffer, piece.Count);
            }

            if (!_ended)
            {
                await live.WaitAsync(_offset, cancellationToken);
            }
        }

        return TakeRest(buffer);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A running command's output is read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int InsertMark(long gap, Memory<byte> buffer, int count)
    {
        var mark = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\n[dkron: {gap} bytes are not kept]\n"));
        if (mark.Length + count > buffer.Length)
        {
            _rest = (byte[])[.. mark, .. buffer.Span[..count]];
            return TakeRest(buffer);
        }

        buffer[..count].CopyTo(buffer[mark.Length..]);
        mark.CopyTo(buffer);
        return mark.Length + count;
    }

    private int TakeRest(Memory<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }
}

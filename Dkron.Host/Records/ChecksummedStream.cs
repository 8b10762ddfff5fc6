namespace Dkron.Host.Records;

/// <summary>Reads stored bytes and checks them on the way: the last bytes are only given when the checksum is right.</summary>
/// <param name="source">The stored bytes; disposed with this stream.</param>
/// <param name="length">How many there must be.</param>
/// <param name="seed">The checksum's state before the first of them.</param>
/// <param name="expected">The checksum after the last of them.</param>
/// <param name="name">What is read, for the error.</param>
internal sealed class ChecksummedStream(Stream source, long length, uint seed, uint expected, string name) : Stream
{
    private long _rest = length;
    private uint _state = seed;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="RecordsException">The bytes are not those that were written.</exception>
    public override int Read(Span<byte> buffer)
    {
        var count = source.Read(buffer[..(int)Math.Min(buffer.Length, _rest)]);
        Check(buffer[..count], buffer.Length);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await source.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _rest)], cancellationToken);
        Check(buffer.Span[..count], buffer.Length);
        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Check(ReadOnlySpan<byte> read, int wanted)
    {
        _state = RecordChecksum.Append(_state, read);
        _rest -= read.Length;
        if (_rest == 0 ? ~_state != expected : read.IsEmpty && wanted > 0)
        {
            throw new RecordsException($"{name} is damaged: its bytes are not those that were written.");
        }
    }
}

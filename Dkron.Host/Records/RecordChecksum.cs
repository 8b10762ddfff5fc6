using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Dkron.Host.Records;

/// <summary>CRC-32C over the values of a record: SQLite gives back a flipped bit as if nothing were wrong.</summary>
internal struct RecordChecksum
{
    private const ulong Absent = 0x9e3779b97f4a7c15;   // any number that parts "no value" from a value of 0
    private uint _crc;

    public RecordChecksum() => _crc = uint.MaxValue;

    public readonly uint Value => ~_crc;

    /// <summary>CRC-32C of bytes, going on from <paramref name="state"/>.</summary>
    public static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var single in bytes)
        {
            state = BitOperations.Crc32C(state, single);
        }

        return state;
    }

    public void Add(long value) => _crc = BitOperations.Crc32C(_crc, (ulong)value);

    public void Add(long? value) => _crc = value is { } known ? BitOperations.Crc32C(_crc, (ulong)known) : BitOperations.Crc32C(_crc, Absent);

    /// <summary>Adds text in the UTF-8 in which it is stored, so that what UTF-8 cannot hold does not look like damage.</summary>
    public void Add(string? text)
    {
        if (text is null)
        {
            Add((long?)null);
            return;
        }

        const int Small = 256;
        var length = Encoding.UTF8.GetByteCount(text);
        Span<byte> bytes = length <= Small ? stackalloc byte[Small] : new byte[length];
        Add(bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }

    /// <summary>Adds text that is in UTF-8 already.</summary>
    public void AddUtf8(byte[]? text)
    {
        if (text is null)
        {
            Add((long?)null);
        }
        else
        {
            Add(text.AsSpan());
        }
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        _crc = Append(_crc, bytes);
    }

    private void Add(int value) => Add((long)value);
}

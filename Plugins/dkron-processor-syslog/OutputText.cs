namespace Dkron.Processors.Syslog;

/// <summary>Reads an output as texts that fit into messages: without control characters, characters of UTF-8 never torn apart.</summary>
internal sealed class OutputText(Stream output) : IDisposable
{
    private const int BufferBytes = 32 * 1024;
    private const int LongestCharacter = 4;
    private const int EscapedLength = 4;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;

    /// <summary>Whether the last text ended with its line, so that the next one begins a line.</summary>
    public bool LineEnded { get; private set; } = true;

    public void Dispose() => output.Dispose();

    /// <summary>The next text: to the end of the line, or of the room, or of the output.</summary>
    /// <param name="room">Where the text goes.</param>
    /// <param name="splitLines">False: a line feed is a character like others, written as <c>#012</c>, except at the very end.</param>
    /// <returns>The text's length in bytes; null when nothing is left.</returns>
    public int? Next(Span<byte> room, bool splitLines)
    {
        if (!Fill())
        {
            return null;
        }

        var used = 0;
        while (Fill())
        {
            var character = Peek();
            if (character is [(byte)'\r', (byte)'\n'])
            {
                _start++;
                continue;
            }

            if (character is [(byte)'\n'] && (splitLines || IsLast(1)))
            {
                _start++;
                LineEnded = true;
                return used;
            }

            var escaped = character is [(< 0x20 and not (byte)'\t') or 0x7F];
            if (used + (escaped ? EscapedLength : character.Length) > room.Length)
            {
                LineEnded = false;
                return used;
            }

            used += escaped ? Escape(character[0], room[used..]) : Copy(character, room[used..]);
            _start += character.Length;
        }

        LineEnded = true;
        return used;
    }

    /// <summary>Reads to the end and counts what is left.</summary>
    public (long Lines, long Bytes) CountRest()
    {
        var (lines, bytes, open) = (0L, 0L, false);
        while (Fill())
        {
            var rest = _buffer.AsSpan(_start, _end - _start);
            lines += rest.Count((byte)'\n');
            bytes += rest.Length;
            open = rest[^1] != (byte)'\n';
            _start = _end;
        }

        return (lines + (open ? 1 : 0), bytes);
    }

    private static int Copy(ReadOnlySpan<byte> character, Span<byte> room)
    {
        character.CopyTo(room);
        return character.Length;
    }

    /// <remarks>Source: rsyslogd writes control characters that it receives in the same way.</remarks>
    private static int Escape(byte b, Span<byte> room)
    {
        room[0] = (byte)'#';
        room[1] = (byte)('0' + (b >> 6));
        room[2] = (byte)('0' + ((b >> 3) & 7));
        room[3] = (byte)('0' + (b & 7));
        return EscapedLength;
    }

    /// <summary>The next character, or CR and LF together; a single byte where it is no UTF-8.</summary>
    private ReadOnlySpan<byte> Peek()
    {
        var rest = _buffer.AsSpan(_start, Math.Min(_end - _start, LongestCharacter));
        if (rest is [(byte)'\r', (byte)'\n', ..])
        {
            return rest[..2];
        }

        return System.Text.Rune.DecodeFromUtf8(rest, out _, out var length) == System.Buffers.OperationStatus.Done ? rest[..length] : rest[..1];
    }

    private bool IsLast(int count) => _end - _start == count;

    /// <summary>Makes sure that a whole character lies in the buffer, or all that is left; false at the end.</summary>
    private bool Fill()
    {
        while (_end - _start <= LongestCharacter)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var count = output.Read(_buffer, _end, _buffer.Length - _end);
            if (count == 0)
            {
                return _end > 0;
            }

            _end += count;
        }

        return true;
    }
}

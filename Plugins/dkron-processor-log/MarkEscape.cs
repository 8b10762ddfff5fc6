using System.Buffers;

namespace Dkron.Processors.Logging;

/// <summary>Copies output so that it can never hold a mark: every <c>[dkron]</c> in it gets a <c>&gt;</c> behind it.</summary>
/// <remarks>It does not look for the beginnings of lines, so neither a lone CR nor any terminal control can make one appear.</remarks>
internal sealed class MarkEscape
{
    private static ReadOnlySpan<byte> Mark => "[dkron]"u8;

    private int _matched;

    public void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> target)
    {
        var start = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            _matched = bytes[i] == Mark[_matched] ? _matched + 1 : bytes[i] == Mark[0] ? 1 : 0;
            if (_matched == Mark.Length)
            {
                target.Write(bytes[start..(i + 1)]);
                target.Write(">"u8);
                start = i + 1;
                _matched = 0;
            }
        }

        target.Write(bytes[start..]);
    }
}

using System.Buffers;
using System.Globalization;
using System.Text;

namespace Dkron.Processors.Logging;

/// <summary>Replaces control characters by <c>\xNN</c>, except line feed and tab: nothing that moves a cursor or colours a terminal is left.</summary>
internal sealed class ControlEscape
{
    private const byte C1Lead = 0xC2;
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        [.. Enumerable.Range(0, 256).Select(b => (byte)b).Where(b => b is (byte)'\n' or (byte)'\t' or (>= 0x20 and not (0x7F or C1Lead)))]);

    private bool _afterLead;

    public void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> target)
    {
        while (!bytes.IsEmpty)
        {
            var plain = _afterLead ? 0 : bytes.IndexOfAnyExcept(Plain);
            target.Write(plain < 0 ? bytes : bytes[..plain]);
            if (plain < 0)
            {
                return;
            }

            Write(bytes[plain], target);
            bytes = bytes[(plain + 1)..];
        }
    }

    /// <summary>Gives out what was held back.</summary>
    public void End(IBufferWriter<byte> target)
    {
        if (_afterLead)
        {
            target.Write([C1Lead]);
            _afterLead = false;
        }
    }

    private void Write(byte b, IBufferWriter<byte> target)
    {
        // U+0080 to U+009F are controls too; in UTF-8 each is C2 and one byte more.
        if (_afterLead && b is >= 0x80 and <= 0x9F)
        {
            _afterLead = false;
            WriteCode(C1Lead, target);
            WriteCode(b, target);
            return;
        }

        End(target);
        if (b == C1Lead)
        {
            _afterLead = true;
        }
        else if (b is 0x7F or (< 0x20 and not ((byte)'\n' or (byte)'\t')))
        {
            WriteCode(b, target);
        }
        else
        {
            target.Write([b]);
        }
    }

    private static void WriteCode(byte b, IBufferWriter<byte> target) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\x{b:x2}"), target);
}

using System.Globalization;
using System.Text;
using Dkron.Abstractions;

namespace Dkron.Processors.Notices;

/// <summary>The last part of an output, where errors stand, as text.</summary>
/// <param name="Text">UTF-8 read as text, U+FFFD for what is not; a line at its beginning says what was left out.</param>
/// <param name="LeftOut">How many bytes were left out.</param>
internal sealed record OutputTail(string Text, long LeftOut)
{
    private const int BufferBytes = 32 * 1024;

    public static OutputTail None { get; } = new("", 0);

    /// <summary>Reads no more than this into memory at once, however long the output is.</summary>
    public static async Task<OutputTail> ReadAsync(ExecutionOutput output, int maxBytes, CancellationToken cancellationToken)
    {
        var bytes = await ReadBytesAsync(output, maxBytes, cancellationToken);
        var leftOut = output.Length - bytes.Length;
        if (leftOut > 0)
        {
            // A character torn apart at the cut is no character.
            var torn = bytes.TakeWhile(b => (b & 0xC0) == 0x80).Take(3).Count();
            (bytes, leftOut) = (bytes[torn..], leftOut + torn);
        }

        var text = Encoding.UTF8.GetString(bytes);
        return new OutputTail(leftOut > 0 ? Mark(leftOut) + text : text, leftOut);
    }

    /// <summary>The last bytes of an output.</summary>
    public static async Task<byte[]> ReadBytesAsync(ExecutionOutput output, int maxBytes, CancellationToken cancellationToken)
    {
        if (maxBytes == 0)
        {
            return [];
        }

        await using var stream = output.OpenRead();
        var tail = new byte[Math.Min(maxBytes, output.Length)];
        var toSkip = output.Length - tail.Length;
        if (stream.CanSeek)
        {
            stream.Position = toSkip;
        }
        else
        {
            var buffer = new byte[BufferBytes];
            while (toSkip > 0)
            {
                var count = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(toSkip, BufferBytes)), cancellationToken);
                toSkip = count == 0 ? 0 : toSkip - count;
            }
        }

        var length = await stream.ReadAtLeastAsync(tail, tail.Length, throwOnEndOfStream: false, cancellationToken);
        return length == tail.Length ? tail : tail[..length];
    }

    /// <summary>The same, no longer than this; what is cut is its beginning.</summary>
    /// <param name="maxCharacters">The longest text in UTF-16 units, the mark included.</param>
    /// <param name="measure">How long a text gets where it goes.</param>
    public OutputTail Within(int maxCharacters, Func<string, int> measure)
    {
        if (measure(Text) <= maxCharacters)
        {
            return this;
        }

        var body = LeftOut > 0 ? Text[(Text.IndexOf('\n', StringComparison.Ordinal) + 1)..] : Text;
        var (least, most) = (0, body.Length);
        while (least < most)
        {
            var middle = (least + most) / 2;
            (least, most) = measure(Cut(body, middle).Text) <= maxCharacters ? (least, middle) : (middle + 1, most);
        }

        return Cut(body, least);
    }

    private static string Mark(long leftOut) => string.Create(CultureInfo.InvariantCulture, $"[{leftOut} bytes before this are left out]\n");

    private OutputTail Cut(string body, int from)
    {
        from = from > 0 && from < body.Length && char.IsLowSurrogate(body[from]) ? from + 1 : from;
        var leftOut = LeftOut + Encoding.UTF8.GetByteCount(body.AsSpan(0, from));
        return new OutputTail(Mark(leftOut) + body[from..], leftOut);
    }
}

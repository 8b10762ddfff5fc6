using System.Text;
using Dkron.Abstractions;

namespace Dkron.Host.Api;

/// <summary>Takes the end of an output as text, without reading the rest into memory.</summary>
internal static class OutputText
{
    /// <summary>The last bytes of an output, from a character's first byte on.</summary>
    /// <returns>The text, and how many bytes before it were left out.</returns>
    public static (string Text, long Cut) End(ExecutionOutput output, long limit)
    {
        if (limit < 0 || output.Length <= limit)
        {
            return (output.Length == 0 ? "" : output.ToString(), 0);
        }

        if (limit == 0)
        {
            return ("", output.Length);
        }

        using var stream = output.OpenRead();
        Skip(stream, output.Length - limit);
        var end = new byte[limit];
        var read = stream.ReadAtLeast(end, end.Length, throwOnEndOfStream: false);
        var start = StartOfCharacter(end.AsSpan(0, read));
        return (Encoding.UTF8.GetString(end, start, read - start), output.Length - (read - start));
    }

    private static void Skip(Stream stream, long bytes)
    {
        if (stream.CanSeek)
        {
            stream.Seek(bytes, SeekOrigin.Begin);
            return;
        }

        var buffer = new byte[(int)Math.Min(bytes, 64 * 1024)];
        for (int read; bytes > 0 && (read = stream.Read(buffer, 0, (int)Math.Min(bytes, buffer.Length))) > 0; bytes -= read)
        {
        }
    }

    /// <summary>A cut inside a character leaves at most three of its bytes, all of the form 10xxxxxx.</summary>
    /// <remarks>Source: RFC 3629, section 3.</remarks>
    private static int StartOfCharacter(ReadOnlySpan<byte> bytes)
    {
        var start = 0;
        while (start < Math.Min(3, bytes.Length) && (bytes[start] & 0xC0) == 0x80)
        {
            start++;
        }

        return start;
    }
}

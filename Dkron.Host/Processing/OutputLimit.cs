using System.Globalization;
using System.Text;
using Dkron.Abstractions;

namespace Dkron.Host.Processing;

/// <summary>Bounds what a processor returns as a command's output is bounded: head and tail are kept, and a line says what was cut.</summary>
internal static class OutputLimit
{
    /// <summary>Copies the bytes into memory of the host's own, since what backs them may be the plugin's.</summary>
    public static ExecutionOutput Copy(ReadOnlyMemory<byte> bytes, long maxBytes)
    {
        if (bytes.Length <= maxBytes)
        {
            return ExecutionOutput.FromBytes(bytes.ToArray());
        }

        var head = (int)(maxBytes / 2);
        var tail = (int)(maxBytes - head);
        var omitted = bytes.Length - head - tail;
        var mark = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\n[dkron: {omitted} bytes cut here, max_output {maxBytes}]\n"));
        byte[] kept = [.. bytes.Span[..head], .. mark, .. bytes.Span[^tail..]];
        return ExecutionOutput.FromBytes(kept).WithOmitted(omitted, head);
    }
}

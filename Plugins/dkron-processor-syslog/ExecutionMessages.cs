using System.Globalization;
using System.Text;
using Dkron.Abstractions;

namespace Dkron.Processors.Syslog;

/// <summary>The messages that one execution makes. Can be gone through again, after a connection broke.</summary>
internal sealed class ExecutionMessages(ProcessorContext context, SyslogSettings settings, TimeZoneInfo zone)
{
    // The longest count of what one message had to leave out.
    private const int OmittedParameterBytes = 40;
    private const int LeastText = 64;

    private readonly MessageHeader _header = new(context, settings, zone);

    /// <summary>Null, or why no message can be made.</summary>
    public string? Problem => LargestHeader + LeastText > settings.MaxMessageBytes
        ? string.Create(CultureInfo.InvariantCulture, $"The header of a message takes {LargestHeader} bytes, which leaves no room for text: raise max_message_bytes from {settings.MaxMessageBytes}.")
        : null;

    private int LargestHeader => _header.Of("output", "").Length + OmittedParameterBytes;

    /// <summary>The messages in their order; each is valid until the next one is asked for.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Read() => settings.SplitLines ? Lines() : [Whole()];

    private IEnumerable<ReadOnlyMemory<byte>> Lines()
    {
        var message = new byte[settings.MaxMessageBytes];
        using var text = new OutputText(context.Output.OpenRead());
        var (line, part) = (0L, 1L);
        for (var sent = 0L; sent < settings.MaxLines; sent++)
        {
            (line, part) = text.LineEnded ? (line + 1, 1) : (line, part + 1);
            var header = _header.Of("output", string.Create(CultureInfo.InvariantCulture, $" line=\"{line}\"{(part > 1 ? $" part=\"{part}\"" : "")}"));
            header.CopyTo(message, 0);
            var length = text.Next(message.AsSpan(header.Length), splitLines: true);
            if (length is null && line > 1)
            {
                yield break;
            }

            yield return message.AsMemory(0, header.Length + (length ?? 0));
            if (length is null)
            {
                yield break;
            }
        }

        var (lines, bytes) = text.CountRest();
        if (lines > 0)
        {
            yield return Encoding.UTF8.GetBytes(Omitted(lines, bytes));
        }
    }

    private string Omitted(long lines, long bytes)
    {
        var header = Encoding.UTF8.GetString(_header.Of("omitted", string.Create(CultureInfo.InvariantCulture, $" omitted_lines=\"{lines}\" omitted_bytes=\"{bytes}\"")));
        return string.Create(CultureInfo.InvariantCulture, $"{header}{lines} more {(lines == 1 ? "line" : "lines")} ({bytes} bytes) not sent: max_lines is {settings.MaxLines}");
    }

    private ReadOnlyMemory<byte> Whole()
    {
        var body = new byte[settings.MaxMessageBytes - LargestHeader];
        using var text = new OutputText(context.Output.OpenRead());
        var length = text.Next(body, splitLines: false) ?? 0;
        var (_, omitted) = text.CountRest();
        var header = _header.Of("output", omitted > 0 ? string.Create(CultureInfo.InvariantCulture, $" omitted_bytes=\"{omitted}\"") : "");
        return (byte[])[.. header, .. body.AsSpan(0, length)];
    }
}

using System.Buffers;
using System.Globalization;
using System.Text;
using Dkron.Abstractions;

namespace Dkron.Processors.Logging;

/// <summary>A block for people: a BEGIN line, the output as it is, an END line.</summary>
internal static class BlockFormat
{
    private const int ReadBytes = 32 * 1024;

    public static void Write(ProcessorContext context, bool escapeControl, IBufferWriter<byte> target)
    {
        var identity = Identity(context);
        var result = Result(context.Execution);
        var omitted = context.Output.IsTruncated ? Invariant($" omitted={context.Output.OmittedBytes}") : "";
        var started = context.Execution.StartedAt.UtcDateTime;
        var duration = context.Execution.FinishedAt - context.Execution.StartedAt;
        Line(target, Invariant($"[dkron] BEGIN {identity} attempt={context.Execution.Attempt} started_at={started:yyyy-MM-ddTHH:mm:ss.fffZ} duration={duration.TotalSeconds:0.000}s {result} bytes={context.Output.Length}{omitted}"));
        if (!CopyOutput(context.Output, escapeControl, target))
        {
            target.Write("\n"u8);
        }

        Line(target, $"[dkron] END {identity} {result}");
    }

    private static string Identity(ProcessorContext context) => $"job={Value(context.Job.Name)} execution={Value(context.Execution.Id)}";

    private static string Result(ExecutionInfo execution)
    {
        var text = new StringBuilder($"status={StatusText.Of(execution.Status)}");
        if (execution.ExitCode is { } exitCode)
        {
            text.Append(CultureInfo.InvariantCulture, $" exit_code={exitCode}");
        }

        if (execution.Signal is { } signal)
        {
            text.Append(CultureInfo.InvariantCulture, $" signal={signal}");
        }

        if (execution.Error is { } error)
        {
            text.Append(CultureInfo.InvariantCulture, $" error={Value(error)}");
        }

        return text.ToString();
    }

    /// <summary>Copies the output and tells whether the next byte begins a line.</summary>
    private static bool CopyOutput(ExecutionOutput output, bool escapeControl, IBufferWriter<byte> target)
    {
        var marks = new MarkEscape();
        var controls = escapeControl ? new ControlEscape() : null;
        var shown = new ArrayBufferWriter<byte>();
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        var last = (byte)'\n';
        try
        {
            using var stream = output.OpenRead();
            while (stream.Read(buffer) is > 0 and var count)
            {
                var bytes = buffer.AsSpan(0, count);
                last = bytes[^1];
                if (controls is null)
                {
                    marks.Write(bytes, target);
                    continue;
                }

                shown.ResetWrittenCount();
                controls.Write(bytes, shown);
                marks.Write(shown.WrittenSpan, target);
            }

            controls?.End(target);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return last == (byte)'\n';
    }

    /// <summary>A value as it is when nothing in it could be taken for the next field, else in quotes.</summary>
    private static string Value(string text)
    {
        if (text.Length > 0 && text.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '/' or '@' or '+'))
        {
            return text;
        }

        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                '\u2028' or '\u2029' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ when char.IsControl(c) => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    private static void Line(IBufferWriter<byte> target, string line)
    {
        Encoding.UTF8.GetBytes(line, target);
        target.Write("\n"u8);
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}

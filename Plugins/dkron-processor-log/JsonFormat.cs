using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dkron.Abstractions;

namespace Dkron.Processors.Logging;

/// <summary>One JSON object on one line, with Dkron's field names.</summary>
internal static class JsonFormat
{
    private const int ReadBytes = 16 * 1024;

    // Leaves letters of all languages readable; control characters and line separators are still escaped, so a line stays a line.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(ProcessorContext context, IBufferWriter<byte> target)
    {
        using (var json = new Utf8JsonWriter(target, Options))
        {
            json.WriteStartObject();
            WriteExecution(json, context.Execution);
            WriteOutput(json, context.Output);
            json.WriteEndObject();
        }

        target.Write("\n"u8);
    }

    private static void WriteExecution(Utf8JsonWriter json, ExecutionInfo execution)
    {
        json.WriteString("id"u8, execution.Id);
        json.WriteString("job_name"u8, execution.JobName);
        json.WriteString("node_name"u8, execution.NodeName);
        json.WriteNumber("group"u8, execution.Group);
        json.WriteNumber("attempt"u8, execution.Attempt);
        json.WriteString("trigger"u8, execution.Trigger.ToString().ToLowerInvariant());
        json.WriteString("started_at"u8, execution.StartedAt.UtcDateTime);
        json.WriteString("finished_at"u8, execution.FinishedAt.UtcDateTime);
        json.WriteString("status"u8, StatusText.Of(execution.Status));
        json.WriteBoolean("success"u8, execution.Success);
        if (execution.ExitCode is { } exitCode)
        {
            json.WriteNumber("exit_code"u8, exitCode);
        }

        if (execution.Signal is { } signal)
        {
            json.WriteNumber("signal"u8, signal);
        }

        if (execution.Error is { } error)
        {
            json.WriteString("error"u8, error);
        }
    }

    private static void WriteOutput(Utf8JsonWriter json, ExecutionOutput output)
    {
        json.WriteBoolean("output_truncated"u8, output.IsTruncated);
        json.WritePropertyName("output"u8);
        var bytes = ArrayPool<byte>.Shared.Rent(ReadBytes);
        var chars = ArrayPool<char>.Shared.Rent(ReadBytes + 1);
        try
        {
            // The decoder keeps a character that two reads share and puts U+FFFD for what is not UTF-8.
            var decoder = Encoding.UTF8.GetDecoder();
            using var stream = output.OpenRead();
            while (stream.Read(bytes, 0, ReadBytes) is > 0 and var count)
            {
                var decoded = decoder.GetChars(bytes.AsSpan(0, count), chars, flush: false);
                json.WriteStringValueSegment(chars.AsSpan(0, decoded), isFinalSegment: false);
            }

            json.WriteStringValueSegment(chars.AsSpan(0, decoder.GetChars([], chars, flush: true)), isFinalSegment: true);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            ArrayPool<char>.Shared.Return(chars);
        }
    }
}

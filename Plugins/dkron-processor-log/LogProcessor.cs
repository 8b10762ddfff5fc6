using System.Buffers;
using System.Text;
using Dkron.Abstractions;

namespace Dkron.Processors.Logging;

/// <summary>Writes each execution as one block, or one JSON line, to stdout when it succeeded and to stderr when it failed.</summary>
public sealed class LogProcessor : IExecutionProcessor, IDeclareOptions, ISelfTest
{
    private const string Marker = "Output in dkron log";
    private const string Json = "json";

    private readonly StandardStream _output;
    private readonly StandardStream _errors;

    /// <summary>Makes the processor for the process's own stdout and stderr.</summary>
    public LogProcessor()
        : this(new StandardStream("stdout", 1, Console.Out), new StandardStream("stderr", 2, Console.Error))
    {
    }

    internal LogProcessor(StandardStream output, StandardStream errors)
    {
        _output = output;
        _errors = errors;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ProcessorOption> Options { get; } =
    [
        new()
        {
            Name = "format",
            Type = OptionType.Text,
            Default = "block",
            Choices = ["block", Json],
            Description = "A block with a BEGIN and an END line around the output, or one JSON object on one line.",
        },
        new()
        {
            Name = "escape_control",
            Type = OptionType.Boolean,
            Default = "false",
            Description = "Write control characters in the output, except line feed and tab, as \\xNN, for logs that are read on a terminal. JSON escapes them always.",
        },
    ];

    /// <inheritdoc/>
    public async ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var format = Format(context);
        var stream = context.Execution.Success ? _output : _errors;
        try
        {
            await stream.WriteAsync(format, cancellationToken);
        }
        catch (DescriptorException e)
        {
            return ProcessorResult.Fail(Explain(stream.Name, e));
        }

        return context.Forward ? ProcessorResult.Unchanged : ProcessorResult.WithOutput(Marker);
    }

    /// <inheritdoc/>
    public ValueTask TestAsync(CancellationToken cancellationToken)
    {
        var start = DateTimeOffset.UnixEpoch;
        var execution = new ExecutionInfo { Id = "0-test", JobName = "test", NodeName = "test", Group = 0, Attempt = 1, ScheduledAt = start, StartedAt = start, FinishedAt = start, Status = ExecutionStatus.Succeeded };
        var job = new JobInfo { Name = "test", DisplayName = "test" };
        var output = ExecutionOutput.FromText("[dkron] END \u001b\n");
        var context = new ProcessorContext { InvocationId = "test", Attempt = 1, Job = job, Execution = execution, Output = output, OriginalOutput = output, Log = new NoLog() };
        var block = new ArrayBufferWriter<byte>();
        BlockFormat.Write(context, escapeControl: true, block);
        JsonFormat.Write(context, block);
        return Encoding.UTF8.GetString(block.WrittenSpan).Contains("\n[dkron]> END \\x1b\n[dkron] END job=test", StringComparison.Ordinal)
            ? ValueTask.CompletedTask
            : throw new InvalidOperationException("An output can forge the end of its block.");
    }

    /// <summary>Frees what calls waited for. The process's stdout and stderr stay open.</summary>
    /// <returns>The end of the work.</returns>
    public ValueTask DisposeAsync()
    {
        _output.Dispose();
        _errors.Dispose();
        return default;
    }

    private static Action<IBufferWriter<byte>> Format(ProcessorContext context)
    {
        if (context.Config.Text("format", "block").Equals(Json, StringComparison.OrdinalIgnoreCase))
        {
            return target => JsonFormat.Write(context, target);
        }

        var escapeControl = context.Config.Boolean("escape_control", false);
        return target => BlockFormat.Write(context, escapeControl, target);
    }

    private static string Explain(string stream, DescriptorException e) => e switch
    {
        { ReaderIsGone: true } => $"{stream} is closed ({e.Message}): the program that read it has ended; restart the host with a {stream} that is read, or use the processor files.",
        _ => $"Cannot write to {stream} ({e.Message}): look at what {stream} is sent to, or use the processor files.",
    };
}

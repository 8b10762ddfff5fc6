using Dkron.Abstractions;

namespace Dkron.Processors.PluginClass;

/// <summary>Puts a text before each line of the output.</summary>
/// <remarks>One instance takes all calls, many at a time: keep nothing of an execution in a field.</remarks>
public sealed class PluginClassProcessor : IExecutionProcessor, IDeclareOptions
{
    /// <inheritdoc/>
    public IReadOnlyList<ProcessorOption> Options { get; } =
    [
        new() { Name = "prefix", Type = OptionType.Text, Default = "> ", Description = "What each line of the output begins with." },
        new() { Name = "max_lines", Type = OptionType.Integer, Default = "1000", Minimum = 1, Description = "How many lines are kept; the rest is cut off." },
    ];

    /// <inheritdoc/>
    public async ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken)
    {
        var prefix = context.Config.Text("prefix", "> ");
        var maxLines = context.Config.Integer("max_lines", 1000, minimum: 1);
        var lines = new List<string>();
        using var reader = new StreamReader(context.Output.OpenRead());
        while (lines.Count < maxLines && await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            lines.Add(prefix + line + "\n");
        }

        context.Log.Write(PluginLogLevel.Debug, $"{context.Job.Name}: {lines.Count} lines");
        return ProcessorResult.WithOutput(string.Concat(lines)).WithTag("lines", $"{lines.Count}");
    }
}

using System.Text;
using Dkron.Abstractions;

namespace Dkron.TestPlugins;

/// <summary>Appends a line for each call to the file that the step names, so that a test can count what was delivered, and how often.</summary>
public sealed class Witness : IExecutionProcessor
{
    private const int LongestText = 200;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, FileStream> _files = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var text = context.OriginalOutput.Length > LongestText ? $"{context.OriginalOutput.Length} bytes" : context.OriginalOutput.ToString().Trim();
        // The line break comes first as well: a line that a kill has cut must not swallow the next one.
        var line = Encoding.UTF8.GetBytes($"\n{Environment.ProcessId} {context.Config.Required("step")} {context.InvocationId} {context.Attempt} {context.Execution.Id} {text}\n");
        lock (_lock)
        {
            Open(context.Config.Required("file")).Write(line);
        }

        return new(ProcessorResult.Unchanged);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            foreach (var file in _files.Values)
            {
                file.Dispose();
            }
        }

        return default;
    }

    private FileStream Open(string path)
    {
        if (!_files.TryGetValue(path, out var file))
        {
            // Unbuffered: a line is with the system, and survives a kill, when the call has ended.
            _files[path] = file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        }

        return file;
    }
}

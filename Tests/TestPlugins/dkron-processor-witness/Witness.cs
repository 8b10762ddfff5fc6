using System.Text;
using Dkron.Abstractions;

namespace Dkron.TestPlugins;

/// <summary>Appends a line for each call to the file that the step names, so that a test can count what was delivered, and how often.</summary>
/// <remarks>With <c>fails: true</c> one of five invocations does not work at the first try, and one of these not at the second; always the same ones.</remarks>
public sealed class Witness : IExecutionProcessor
{
    private const int LongestText = 200;

    /// <summary>Which of the hosts it is that a test starts one after the other; process ids come again.</summary>
    private static readonly string Life = Environment.GetEnvironmentVariable("WITNESS_LIFE") ?? "0";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, FileStream> _files = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var text = context.OriginalOutput.Length > LongestText ? $"{context.OriginalOutput.Length} bytes" : context.OriginalOutput.ToString().Trim();
        var hasWorked = !context.Config.Boolean("fails", fallback: false) || !Fails(context.InvocationId, context.Attempt);
        // The line break comes first as well: a line that a kill has cut must not swallow the next one.
        var line = Encoding.UTF8.GetBytes($"\n{Life} {context.Config.Required("step")} {context.InvocationId} {context.Attempt} {(hasWorked ? "worked" : "failed")} {context.Execution.Id} {text}\n");
        lock (_lock)
        {
            Open(context.Config.Required("file")).Write(line);
        }

        return new(hasWorked ? ProcessorResult.Unchanged : ProcessorResult.Retry(TimeSpan.Zero, "this try is one that does not work"));
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

    private static bool Fails(string invocationId, int attempt)
    {
        // FNV-1a: the same in every process, which the hash of a string is not.
        var hash = invocationId.Aggregate(2166136261u, (seed, letter) => (seed ^ letter) * 16777619u);
        return hash % 5 == 0 && attempt <= (hash % 25 == 0 ? 2 : 1);
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

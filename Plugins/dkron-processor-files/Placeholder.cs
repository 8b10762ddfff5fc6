using System.Globalization;
using System.Text.RegularExpressions;
using Dkron.Abstractions;

namespace Dkron.Processors.Files;

/// <summary>A <c>{name}</c> in a pattern: what stands for it in one execution's file, and in any file of the same job and node.</summary>
internal sealed record Placeholder(string Name, Func<ProcessorContext, string> Value, Func<ProcessorContext, string> Shape)
{
    // A name of 255 bytes is the limit of Linux file systems; job, execution and 20 bytes more must fit.
    private const int MaxBytes = 112;

    public static IReadOnlyList<Placeholder> All { get; } =
    [
        new("job", c => FileNameValue.Of(c.Job.Name, MaxBytes), c => Regex.Escape(FileNameValue.Of(c.Job.Name, MaxBytes))),
        new("execution", c => FileNameValue.Of(c.Execution.Id, MaxBytes), c => AnyExecution(FileNameValue.Of(c.Execution.Id, MaxBytes))),
        new("node", c => FileNameValue.Of(c.Execution.NodeName, MaxBytes), c => Regex.Escape(FileNameValue.Of(c.Execution.NodeName, MaxBytes))),
        new("started", c => c.Execution.StartedAt.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture), _ => "[0-9]{8}T[0-9]{6}Z"),
        new("date", c => c.Execution.StartedAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), _ => "[0-9]{4}-[0-9]{2}-[0-9]{2}"),
        new("attempt", c => c.Execution.Attempt.ToString(CultureInfo.InvariantCulture), _ => "[0-9]+"),
        new("status", c => StatusText(c.Execution.Status), _ => $"(?:{string.Join('|', Enum.GetValues<ExecutionStatus>().Select(StatusText))})"),
    ];

    private static string StatusText(ExecutionStatus status) => status is ExecutionStatus.TimedOut ? "timed_out" : status.ToString().ToLowerInvariant();

    // An execution's id is its start in Unix nanoseconds, a dash and the node: other executions differ in the digits, and in
    // the hash by which a long one ends.
    private static string AnyExecution(string id)
    {
        var digits = id.AsSpan().IndexOfAnyExceptInRange('0', '9');
        digits = digits < 0 ? id.Length : digits;
        var end = FileNameValue.IsShortened(id) ? id.Length - FileNameValue.HashLength : id.Length;
        return string.Create(CultureInfo.InvariantCulture, $"[0-9]{{{digits}}}{Regex.Escape(id[digits..end])}{(end < id.Length ? "[0-9a-f]+" : "")}");
    }
}

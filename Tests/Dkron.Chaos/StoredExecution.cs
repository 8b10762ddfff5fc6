using System.Globalization;
using System.Text.RegularExpressions;
using Dkron.Abstractions;

namespace Dkron.Chaos;

/// <summary>One row of the table of executions.</summary>
internal sealed partial record StoredExecution(long Key, string Job, long Firing, int Attempt, bool IsScheduled, DateTimeOffset ScheduledAt, ExecutionStatus Status, bool IsProcessed, string Error = "")
{
    public string Name => $"{Key} of {Job}, attempt {Attempt}, {Status}";

    /// <summary>The due times that it stands for: its own, and those that were missed and are recorded together with it.</summary>
    public (DateTimeOffset First, DateTimeOffset Last, int Count) Covers =>
        Together().Match(Error) is { Success: true } match && Status == ExecutionStatus.Skipped
            ? (Time(match.Groups[2]), Time(match.Groups[3]), int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture))
            : (ScheduledAt, ScheduledAt, 1);

    private static DateTimeOffset Time(Group group) => DateTimeOffset.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(\d+) firings from (\S+) to (\S+) were missed: ")]
    private static partial Regex Together();
}

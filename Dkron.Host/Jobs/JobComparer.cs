using Dkron.Abstractions;
using Dkron.Host.Execution;
using Dkron.Host.Jobs.Settings;

namespace Dkron.Host.Jobs;

/// <summary>Says whether two jobs are the same in everything, so that an edit elsewhere leaves a job untouched.</summary>
internal static class JobComparer
{
    public static bool AreSame(Job left, Job right) =>
        left.Name == right.Name
        && AreSame(left.Info, right.Info)
        && left.Schedule?.Text == right.Schedule?.Text
        && AreSame(left.Command, right.Command)
        && (left.Disabled, left.NotSelected, left.Retries, left.Parent, left.Concurrency) == (right.Disabled, right.NotSelected, right.Retries, right.Parent, right.Concurrency)
        && (left.Ephemeral, left.StartsAt, left.ExpiresAt, left.TimeZone) == (right.Ephemeral, right.StartsAt, right.ExpiresAt, right.TimeZone)
        && (left.Misfire, left.StartingDeadline, left.RetryBackoff) == (right.Misfire, right.StartingDeadline, right.RetryBackoff)
        && AreSame(left.Processors, right.Processors)
        && AreSame(left.OwnProcessors, right.OwnProcessors);

    private static bool AreSame(JobInfo left, JobInfo right) =>
        (left.Name, left.DisplayName, left.Owner, left.OwnerEmail, left.Schedule) == (right.Name, right.DisplayName, right.Owner, right.OwnerEmail, right.Schedule)
        && AreSame(left.Tags, right.Tags)
        && AreSame(left.Metadata, right.Metadata);

    private static bool AreSame(Command left, Command right) =>
        (left.WorkingDirectory, left.Timeout, left.MaxOutputBytes) == (right.WorkingDirectory, right.Timeout, right.MaxOutputBytes)
        && left.Arguments.SequenceEqual(right.Arguments, StringComparer.Ordinal)
        && AreSame(left.Environment, right.Environment)
        && left.Payload.Span.SequenceEqual(right.Payload.Span);

    private static bool AreSame(IReadOnlyList<ProcessorStep> left, IReadOnlyList<ProcessorStep> right) =>
        left.Count == right.Count && left.Zip(right).All(pair => AreSame(pair.First, pair.Second));

    private static bool AreSame(ProcessorStep left, ProcessorStep right) =>
        (left.Name, left.Forward, left.When, left.OnError, left.Timeout, left.Retries, left.RetryBackoff) == (right.Name, right.Forward, right.When, right.OnError, right.Timeout, right.Retries, right.RetryBackoff)
        && AreSame(left.Config, right.Config);

    /// <remarks>The same steps may come from the job or from the node's sections, and only what is the job's own is recorded with its executions.</remarks>
    private static bool AreSame(SettingNode? left, SettingNode? right) =>
        ReferenceEquals(left, right) || (left is not null && right is not null && left.Kind == right.Kind && left.Kind switch
        {
            SettingKind.Object => left.Members.Count == right.Members.Count && left.Members.Zip(right.Members).All(pair => pair.First.Key == pair.Second.Key && AreSame(pair.First.Value, pair.Second.Value)),
            SettingKind.Array => left.Items.Count == right.Items.Count && left.Items.Zip(right.Items).All(pair => AreSame(pair.First, pair.Second)),
            SettingKind.Null => true,
            _ => left.Text == right.Text,
        });

    private static bool AreSame(IReadOnlyDictionary<string, string> left, IReadOnlyDictionary<string, string> right) =>
        ReferenceEquals(left, right) || (left.Count == right.Count && left.All(pair => right.TryGetValue(pair.Key, out var value) && value == pair.Value));
}

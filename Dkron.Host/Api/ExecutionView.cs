using Dkron.Abstractions;
using Dkron.Host.Records;

namespace Dkron.Host.Api;

/// <summary>Makes execution documents.</summary>
internal static class ExecutionView
{
    /// <summary>One record as a document with the end of its output.</summary>
    /// <param name="record">The record.</param>
    /// <param name="deliveries">Its steps that did not work and are not forgotten.</param>
    /// <param name="outputSizeLimit">How many bytes of output at most; negative for no limit.</param>
    public static ExecutionDocument Of(ExecutionRecord record, IReadOnlyList<ExecutionDelivery> deliveries, long outputSizeLimit)
    {
        var info = record.Info;
        var (text, cut) = OutputText.End(record.Output, outputSizeLimit);
        return new ExecutionDocument
        {
            Id = info.Id,
            JobName = info.JobName,
            ScheduledAt = info.ScheduledAt,
            StartedAt = info.StartedAt,
            FinishedAt = record.FinishedAt ?? (info.Status == ExecutionStatus.Running ? DateTimeOffset.MinValue : info.FinishedAt),
            Success = info.Success,
            Status = info.Status,
            ExitCode = info.ExitCode,
            Signal = info.Signal,
            Error = info.Error,
            Trigger = info.Trigger,
            NodeName = info.NodeName,
            Group = info.Group,
            Attempt = info.Attempt,
            Processed = record.IsProcessed,
            Processors = [.. record.Outcomes.Select(Of)],
            Undelivered = [.. deliveries.Select(DeadLetterDocument.Of)],
            Output = text,
            OutputTruncated = record.Output.IsTruncated || cut > 0,
            OutputOmittedBytes = record.Output.OmittedBytes + cut,
        };
    }

    private static OutcomeDocument Of(ProcessorOutcome outcome) => new()
    {
        Name = outcome.Name,
        Version = outcome.Version,
        State = outcome.State,
        DurationMs = Math.Round(outcome.Duration.TotalMilliseconds, 3),
        Error = outcome.Error,
        BytesIn = outcome.BytesIn,
        BytesOut = outcome.BytesOut,
        Tags = outcome.Tags,
    };
}

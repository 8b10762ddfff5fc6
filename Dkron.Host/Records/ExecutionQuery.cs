using Dkron.Abstractions;

namespace Dkron.Host.Records;

/// <summary>Which executions to list, newest first.</summary>
internal sealed record ExecutionQuery
{
    public string? JobName { get; init; }

    public ExecutionStatus? Status { get; init; }

    /// <summary>Which attempt of its firing, from 1.</summary>
    public int? Attempt { get; init; }

    /// <summary>The firing; all its attempts.</summary>
    public long? Group { get; init; }

    /// <summary>Started at or after this.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Started before this.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Text that the output holds, before or after the processors, without regard to case.</summary>
    public string? Text { get; init; }

    /// <summary>Only executions older than this one: the key of the next page.</summary>
    public string? OlderThanId { get; init; }

    /// <summary>At least 1.</summary>
    public int Limit { get; init; } = 100;
}

using Dkron.Abstractions;

namespace Dkron.Host.Execution;

/// <summary>How a command ended.</summary>
internal sealed record CommandResult
{
    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>Succeeded, Failed or TimedOut.</summary>
    public required ExecutionStatus Status { get; init; }

    /// <summary>0 to 255; null when a signal ended it or it could not be started.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended it; null when it exited by itself or could not be started.</summary>
    public int? Signal { get; init; }

    /// <summary>Why it did not succeed, in one sentence; null when it did.</summary>
    public string? Error { get; init; }

    public required ExecutionOutput Output { get; init; }

    /// <summary>The file in which large output lies; null when it lies in memory.</summary>
    public string? OutputFile { get; init; }
}

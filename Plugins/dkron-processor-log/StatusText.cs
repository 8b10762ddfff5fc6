using Dkron.Abstractions;

namespace Dkron.Processors.Logging;

/// <summary>Statuses as Dkron's API writes them.</summary>
internal static class StatusText
{
    public static string Of(ExecutionStatus status) => status is ExecutionStatus.TimedOut ? "timed_out" : status.ToString().ToLowerInvariant();
}

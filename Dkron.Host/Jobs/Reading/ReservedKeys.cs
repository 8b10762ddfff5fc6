namespace Dkron.Host.Jobs.Reading;

/// <summary>The keys of a step that the host reads. All others are the processor's.</summary>
internal static class ReservedKeys
{
    public static readonly HashSet<string> All = new(StringComparer.OrdinalIgnoreCase) { "name", "forward", "when", "on_error", "timeout", "retries", "retry_backoff" };
}

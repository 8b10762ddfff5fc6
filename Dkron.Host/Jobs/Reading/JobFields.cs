namespace Dkron.Host.Jobs.Reading;

/// <summary>The fields of a job document.</summary>
/// <remarks>Source: dkron/job.go of Dkron 4.0.9 for all but the short form of a command, <c>max_output</c>, <c>misfire</c>, <c>starting_deadline</c> and <c>retry_backoff</c>.</remarks>
internal static class JobFields
{
    /// <summary>What Dkron's server adds to a job; it is in what its API shows, and from there in settings.</summary>
    public static readonly HashSet<string> Computed = new(StringComparer.OrdinalIgnoreCase)
    {
        "id", "success_count", "error_count", "last_success", "last_error", "status", "next", "dependent_jobs",
    };

    public static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "name", "schedule", "timezone", "displayname", "owner", "owner_email", "disabled", "tags", "metadata", "retries", "parent_job",
        "processors", "concurrency", "executor", "executor_config", "ephemeral", "starts_at", "expires_at", "max_output",
        "misfire", "starting_deadline", "retry_backoff",
        "command", "shell", "env", "cwd", "timeout", "payload",
    };

    /// <summary>The keys of <c>executor_config</c>; all but the last two have a short form on the job.</summary>
    public static readonly HashSet<string> OfShell = new(StringComparer.OrdinalIgnoreCase)
    {
        "command", "shell", "env", "cwd", "timeout", "payload", "su", "mem_limit",
    };
}

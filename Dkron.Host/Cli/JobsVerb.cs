using System.CommandLine;
using System.Globalization;
using Dkron.Host.Api;

namespace Dkron.Host.Cli;

/// <summary>Lists the jobs.</summary>
internal sealed class JobsVerb(CliParts parts, CommonOptions common) : IVerb
{
    public Command Command { get; } = new("jobs", "List the jobs.") { common.Json };

    public async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var lease = await new Connection(parts).OpenAsync(common.Settings(arguments), cancellationToken);
        var jobs = await lease.Control.JobsAsync(cancellationToken);
        if (common.IsJson(arguments))
        {
            parts.Screen.WriteJson(jobs, ApiJson.Shape.IReadOnlyListJobDocument);
            return ExitCode.Done;
        }

        var rows = new Rows("NAME", "SCHEDULE", "NEXT", "STATE", "LAST", "OK", "FAILED", "PROCESSORS");
        foreach (var job in jobs)
        {
            rows.Add(
                job.Name,
                job.Schedule,
                Shown.Time(job.Next),
                State(job, lease.IsAgent),
                job.Status,
                job.SuccessCount.ToString(CultureInfo.InvariantCulture),
                job.ErrorCount.ToString(CultureInfo.InvariantCulture),
                string.Join(',', job.Processors.Select(step => step.Name)));
        }

        parts.Screen.Write(rows);
        return ExitCode.Done;
    }

    private static string State(JobDocument job, bool isAgent) =>
        job.Running > 0 ? "running"
        : job.Disabled ? "disabled"
        : job.NotSelected is not null ? "not selected"
        : isAgent ? "waiting" : "no agent";
}

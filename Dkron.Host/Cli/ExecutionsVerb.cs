using System.CommandLine;
using System.Globalization;
using Dkron.Host.Api;
using Dkron.Host.Records;

namespace Dkron.Host.Cli;

/// <summary>Lists executions.</summary>
internal sealed class ExecutionsVerb : IVerb
{
    private const int MaxLimit = 1_000_000;
    private readonly CliParts _parts;
    private readonly CommonOptions _common;
    private readonly Argument<string?> _job = new("JOB") { Description = "Only this job's.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _jobOption = new("--job") { Description = "Only this job's.", HelpName = "JOB" };
    private readonly Option<string?> _status = new("--status") { Description = "Only running, succeeded, failed, timed_out, lost or skipped ones.", HelpName = "STATUS" };
    private readonly Option<string?> _since = new("--since") { Description = "Started at or after this time of RFC 3339, or this long ago, such as 2h.", HelpName = "TIME" };
    private readonly Option<string?> _until = new("--until") { Description = "Started before this time, or this long ago.", HelpName = "TIME" };
    private readonly Option<string?> _grep = new("--grep") { Description = "Only those whose output holds this text, in any case.", HelpName = "TEXT" };
    private readonly Option<string?> _attempt = new("--attempt") { Description = "Only those that were this attempt of their firing, from 1.", HelpName = "N" };
    private readonly Option<int> _limit = new("--limit", "-n") { Description = "How many at most.", HelpName = "N", DefaultValueFactory = static _ => 100 };

    public ExecutionsVerb(CliParts parts, CommonOptions common)
    {
        (_parts, _common) = (parts, common);
        Command = new("executions", "List executions, newest first.") { _job, _jobOption, _status, _since, _until, _grep, _attempt, _limit, common.Json };
    }

    public Command Command { get; }

    public async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var query = Query(arguments);
        await using var lease = await new Connection(_parts).OpenAsync(_common.Settings(arguments), cancellationToken);
        var isJson = _common.IsJson(arguments);
        var pages = ExecutionPages.ReadAsync(lease.Control, query, isJson ? ExecutionsRequest.DefaultOutputOfMany : 0, cancellationToken);
        if (isJson)
        {
            await _parts.Screen.WriteJsonArrayAsync(pages, ApiJson.Shape.ExecutionDocument, cancellationToken);
            return ExitCode.Done;
        }

        var rows = new Rows("ID", "JOB", "STATUS", "STARTED", "TOOK", "EXIT", "TRIGGER", "ERROR");
        await foreach (var execution in pages)
        {
            rows.Add(execution.Id, execution.JobName, Words.Of(execution.Status), Shown.Time(execution.StartedAt), Shown.Took(execution), Shown.Exit(execution), Words.Of(execution.Trigger), execution.Error ?? "");
        }

        _parts.Screen.Write(rows);
        return ExitCode.Done;
    }

    private ExecutionQuery Query(ParseResult arguments)
    {
        var (job, sameJob) = (arguments.GetValue(_job), arguments.GetValue(_jobOption));
        if (job is not null && sameJob is not null && job != sameJob)
        {
            throw new ControlException(ControlError.Invalid, $"the job is given twice, as '{job}' and as '{sameJob}'; name one");
        }

        var limit = arguments.GetValue(_limit);
        if (limit is < 1 or > MaxLimit)
        {
            throw new ControlException(ControlError.Invalid, string.Create(CultureInfo.InvariantCulture, $"--limit: '{limit}' is not a whole number from 1 to {MaxLimit}"));
        }

        string? ValueOf(string key) => key switch
        {
            "job" => job ?? sameJob,
            "status" => arguments.GetValue(_status),
            "since" => arguments.GetValue(_since),
            "until" => arguments.GetValue(_until),
            "grep" => arguments.GetValue(_grep),
            "attempt" => arguments.GetValue(_attempt),
            _ => null,
        };
        return ExecutionsRequest.Parse(ValueOf, _parts.Time.GetUtcNow()).Query with { Limit = limit };
    }
}

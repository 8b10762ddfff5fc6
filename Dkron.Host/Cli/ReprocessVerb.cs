using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using Dkron.Host.Api;
using Dkron.Host.Records;

namespace Dkron.Host.Cli;

/// <summary>Lets processors be called again.</summary>
internal sealed class ReprocessVerb : IVerb
{
    private const int AtATime = 200;
    private readonly CliParts _parts;
    private readonly CommonOptions _common;
    private readonly Argument<string?> _id = new("EXECUTION-ID") { Description = "One execution. Without it, those that the options select.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _step = new("--step") { Description = "Only the steps of this processor, with the output that they got; otherwise all steps, with what the command wrote.", HelpName = "NAME" };
    private readonly Option<bool> _dead = new("--dead") { Description = "All dead letters, each with the output that it got." };
    private readonly Option<string?> _job = new("--job") { Description = "Those of this job.", HelpName = "JOB" };
    private readonly Option<string?> _status = new("--status") { Description = "Those that ended so.", HelpName = "STATUS" };
    private readonly Option<string?> _since = new("--since") { Description = "Those started at or after this time of RFC 3339, or this long ago, such as 2h.", HelpName = "TIME" };
    private readonly Option<string?> _until = new("--until") { Description = "Those started before this time, or this long ago.", HelpName = "TIME" };

    public ReprocessVerb(CliParts parts, CommonOptions common)
    {
        (_parts, _common) = (parts, common);
        Command = new("reprocess", "Call processors again for executions that had them before. Returns when that is recorded.") { _id, _step, _dead, _job, _status, _since, _until, common.Json };
    }

    public Command Command { get; }

    public async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var (id, step, now) = (arguments.GetValue(_id), arguments.GetValue(_step), _parts.Time.GetUtcNow());
        var isDead = arguments.GetValue(_dead);
        var query = Query(arguments, now);
        Check(id, isDead, query);
        await using var lease = await new Connection(_parts).OpenAsync(_common.Settings(arguments), cancellationToken);
        var wanted = id is not null ? One(id)
            : isDead ? DeadAsync(lease.Control, query.JobName, step, now, cancellationToken)
            : SelectedAsync(lease.Control, query, cancellationToken);
        var done = await AskAsync(lease.Control, wanted, step, isDead, cancellationToken);
        foreach (var why in done.PassedOver)
        {
            _parts.Screen.Complain(why);
        }

        if (_common.IsJson(arguments))
        {
            _parts.Screen.WriteJson(done, ApiJson.Shape.ReprocessedDocument);
        }
        else if (done.Executions.Count > 0 || done.PassedOver.Count == 0)
        {
            _parts.Screen.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{done.Executions.Count} execution{(done.Executions.Count == 1 ? "" : "s")} processed again"));
        }

        return done.Executions.Count == 0 && done.PassedOver.Count > 0 ? ExitCode.Failed : ExitCode.Done;
    }

    private static void Check(string? id, bool isDead, ExecutionQuery query)
    {
        var selects = query is not { JobName: null, Status: null, Since: null, Until: null };
        var problem = (id, isDead, selects) switch
        {
            (null, false, false) => "say which: an EXECUTION-ID, --dead, or a selection with --job, --status, --since, --until",
            (not null, true, _) or (not null, _, true) => "an EXECUTION-ID stands alone or with --step",
            (_, true, _) when query is not { Status: null, Since: null, Until: null } => "--dead goes with --job and --step only",
            _ => null,
        };
        if (problem is not null)
        {
            throw new ControlException(ControlError.Invalid, problem);
        }
    }

    private static async Task<ReprocessedDocument> AskAsync(IControl control, IAsyncEnumerable<string> wanted, string? step, bool isDead, CancellationToken cancellationToken)
    {
        var executions = new List<string>();
        var passedOver = new List<string>();
        var ids = new List<string>();
        async Task SendAsync()
        {
            var done = await control.ReprocessAsync(ids, step, isDead, cancellationToken);
            executions.AddRange(done.Executions);
            passedOver.AddRange(done.PassedOver);
            ids.Clear();
        }

        await foreach (var id in wanted)
        {
            ids.Add(id);
            if (ids.Count == AtATime)
            {
                await SendAsync();
            }
        }

        if (ids.Count > 0)
        {
            await SendAsync();
        }

        return new ReprocessedDocument(executions, passedOver);
    }

#pragma warning disable CS1998 // One element needs no waiting, and its like do.
    private static async IAsyncEnumerable<string> One(string id)
#pragma warning restore CS1998
    {
        yield return id;
    }

    /// <summary>Each execution once: asked for a second letter of it, it would be with its processors because of the first.</summary>
    private static async IAsyncEnumerable<string> DeadAsync(IControl control, string? job, string? step, DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var letter in DeadLettersVerb.ReadAsync(control, job, before, int.MaxValue, cancellationToken))
        {
            if ((step is null || letter.Processor == step) && told.Add(letter.Execution))
            {
                yield return letter.Execution;
            }
        }
    }

    private static async IAsyncEnumerable<string> SelectedAsync(IControl control, ExecutionQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var execution in ExecutionPages.ReadAsync(control, query, outputSizeLimit: 0, cancellationToken))
        {
            if (execution.Status is not (Abstractions.ExecutionStatus.Running or Abstractions.ExecutionStatus.Skipped) && execution.Processors.Count > 0)
            {
                yield return execution.Id;
            }
        }
    }

    private ExecutionQuery Query(ParseResult arguments, DateTimeOffset now)
    {
        string? ValueOf(string key) => key switch
        {
            "job" => arguments.GetValue(_job),
            "status" => arguments.GetValue(_status),
            "since" => arguments.GetValue(_since),
            "until" => arguments.GetValue(_until),
            _ => null,
        };
        return ExecutionsRequest.Parse(ValueOf, now).Query with { Limit = int.MaxValue };
    }
}

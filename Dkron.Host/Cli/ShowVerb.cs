using System.CommandLine;
using System.Globalization;
using Dkron.Host.Api;

namespace Dkron.Host.Cli;

/// <summary>Shows one execution with its output and outcomes.</summary>
internal sealed class ShowVerb : IVerb
{
    private readonly CliParts _parts;
    private readonly CommonOptions _common;
    private readonly Argument<string> _id = new("EXECUTION-ID") { Description = "As dkron executions lists it." };
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "While it runs, show its output as it comes, then its result." };
    private readonly Option<bool> _raw = new("--raw") { Description = "Show the output as the command wrote it, not as its processors left it." };

    public ShowVerb(CliParts parts, CommonOptions common)
    {
        (_parts, _common) = (parts, common);
        Command = new("show", "Show an execution: how it ended, what its processors did, and its output.") { _id, _follow, _raw, common.Json };
    }

    public Command Command { get; }

    public async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var lease = await new Connection(_parts).OpenAsync(_common.Settings(arguments), cancellationToken);
        var id = arguments.GetRequiredValue(_id);
        var execution = await lease.Control.ExecutionAsync(id, cancellationToken);
        var follows = arguments.GetValue(_follow) && lease.IsAgent && !execution.Processed;
        var watch = new ExecutionWatch(lease.Control, _parts.Time);
        if (_common.IsJson(arguments))
        {
            _parts.Screen.WriteJson(follows ? await watch.FollowAsync(id, null, cancellationToken) : execution, ApiJson.Shape.ExecutionDocument);
        }
        else if (follows)
        {
            WriteHead(execution);
            WriteEnd(await watch.FollowAsync(id, _parts.Screen.Output, cancellationToken));
        }
        else
        {
            WriteAll(execution);
            await using var output = await lease.Control.OutputAsync(id, arguments.GetValue(_raw), follow: false, cancellationToken);
            await output.CopyToAsync(_parts.Screen.Output, cancellationToken);
        }

        return ExitCode.Done;
    }

    private void WriteHead(ExecutionDocument execution)
    {
        ExecutionSummary.WriteHead(execution, _parts.Screen.WriteLine);
        _parts.Screen.WriteLine("");
    }

    private void WriteEnd(ExecutionDocument execution)
    {
        _parts.Screen.WriteLine("");
        ExecutionSummary.WriteResult(execution, _parts.Screen.WriteLine);
        WriteOutcomes(execution);
    }

    private void WriteAll(ExecutionDocument execution)
    {
        ExecutionSummary.WriteHead(execution, _parts.Screen.WriteLine);
        ExecutionSummary.WriteResult(execution, _parts.Screen.WriteLine);
        WriteOutcomes(execution);
        _parts.Screen.WriteLine("");
    }

    private void WriteOutcomes(ExecutionDocument execution)
    {
        if (execution.Processors.Count == 0)
        {
            return;
        }

        var rows = new Rows("PROCESSOR", "VERSION", "STATE", "TOOK", "IN", "OUT", "TAGS", "ERROR");
        foreach (var outcome in execution.Processors)
        {
            var tags = string.Join(',', outcome.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"));
            rows.Add(outcome.Name, outcome.Version, Words.Of(outcome.State), Shown.Duration(TimeSpan.FromMilliseconds(outcome.DurationMs)), Shown.Bytes(outcome.BytesIn), Shown.Bytes(outcome.BytesOut), tags, outcome.Error ?? "");
        }

        _parts.Screen.WriteLine("");
        _parts.Screen.Write(rows);
        foreach (var one in execution.Undelivered)
        {
            var times = one.Tries == 1 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{one.Tries} times");
            _parts.Screen.WriteLine(one.GivenUp
                ? $"step {Shown.Step(one)}, {one.Processor}, was tried {times} and given up at {Shown.Time(one.At)}: {one.Reason}"
                : $"step {Shown.Step(one)}, {one.Processor}, was tried {times} and is tried again at {Shown.Time(one.At)}: {one.Reason}");
        }
    }
}

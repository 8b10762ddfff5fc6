using System.CommandLine;
using Dkron.Host.Api;

namespace Dkron.Host.Cli;

/// <summary>Starts a job now.</summary>
internal sealed class RunVerb : IVerb
{
    private readonly CliParts _parts;
    private readonly CommonOptions _common;
    private readonly Argument<string> _job = new("JOB") { Description = "The job's name." };
    private readonly Option<bool> _wait = new("--wait") { Description = "Show its output and wait for its result and its processors. Exit code 0 when it succeeded, else 1." };
    private readonly Option<bool> _force = new("--force") { Description = "Start it beside another execution of it, whatever its concurrency says." };

    public RunVerb(CliParts parts, CommonOptions common)
    {
        (_parts, _common) = (parts, common);
        Command = new("run", "Start a job now, also one that is disabled. Prints the execution's id.") { _job, _wait, _force, common.Json };
    }

    public Command Command { get; }

    public async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var lease = await new Connection(_parts).OpenAsync(_common.Settings(arguments), cancellationToken);
        var started = await lease.Control.RunAsync(arguments.GetRequiredValue(_job), arguments.GetValue(_force), cancellationToken);
        var isJson = _common.IsJson(arguments);
        var watch = new ExecutionWatch(lease.Control, _parts.Time);
        var executions = new List<ExecutionDocument>();
        foreach (var id in started.Executions)
        {
            Announce(id, isJson, arguments.GetValue(_wait));
            if (arguments.GetValue(_wait))
            {
                executions.Add(await watch.FollowAsync(id, isJson ? null : _parts.Screen.Output, cancellationToken));
            }
            else if (isJson)
            {
                executions.Add(await lease.Control.ExecutionAsync(id, cancellationToken));
            }
        }

        if (isJson)
        {
            _parts.Screen.WriteJson(executions, ApiJson.Shape.IReadOnlyListExecutionDocument);
        }
        else
        {
            executions.ForEach(execution => ExecutionSummary.WriteResult(execution, _parts.Screen.WriteAside));
        }

        return executions.TrueForAll(execution => execution.Success || !arguments.GetValue(_wait)) ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>The id is what the verb gives; where stdout is for something else it stands beside it.</summary>
    private void Announce(string id, bool isJson, bool waits)
    {
        if (isJson || waits)
        {
            _parts.Screen.WriteAside(id);
        }
        else
        {
            _parts.Screen.WriteLine(id);
        }
    }
}

using System.CommandLine;
using Dkron.Host.Api;

namespace Dkron.Host.Cli;

/// <summary>The command line of dkron.</summary>
internal sealed class CommandLine
{
    // '@daily' is a schedule; by default System.CommandLine would take it for the name of a file with arguments.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    private readonly Screen _screen;
    private readonly RootCommand _root = new("Dkron: runs jobs on schedule and hands their results to processors. Without a verb it runs the agent.");

    public CommandLine(CliParts parts)
    {
        _screen = parts.Screen;
        var common = new CommonOptions();
        var agent = new AgentVerb(parts, common);
        IVerb[] verbs =
        [
            agent,
            new ValidateVerb(parts, common),
            new NextVerb(parts, common),
            new JobsVerb(parts, common),
            new RunVerb(parts, common),
            new StopVerb(parts, common),
            new ExecutionsVerb(parts, common),
            new ShowVerb(parts, common),
            new DeadLettersVerb(parts, common),
            new ReprocessVerb(parts, common),
            new RecordsVerb(parts, common),
            new PluginsVerb(parts, common),
            new SchemaVerb(parts, common),
            new StatusVerb(parts, common),
            new VersionVerb(parts, common),
        ];
        foreach (var option in common.Everywhere)
        {
            _root.Add(option);
        }

        _root.SetAction(agent.RunAsync);
        foreach (var verb in verbs)
        {
            verb.Command.SetAction(verb.RunAsync);
            _root.Add(verb.Command);
        }
    }

    /// <summary>Runs what the arguments ask for, and returns the exit code.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var parsed = _root.Parse([.. SettingTokens.Spelled(arguments)], Parsing);
        if (parsed.Errors.Count > 0)
        {
            var verb = parsed.CommandResult.Command is RootCommand ? "dkron" : $"dkron {parsed.CommandResult.Command.Name}";
            _screen.Complain($"{UsageText.Of(parsed)}; see {verb} --help");
            return ExitCode.Misused;
        }

        // The agent minds its signals itself, and all other verbs may end where they stand.
        var invocation = new InvocationConfiguration { Output = _screen.Text, Error = _screen.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            return await parsed.InvokeAsync(invocation, cancellationToken);
        }
        catch (ControlException e)
        {
            _screen.Complain(e.Message);
            return ExitCode.Of(e.Error);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _screen.Complain(e.Message);
            return ExitCode.Failed;
        }
    }
}

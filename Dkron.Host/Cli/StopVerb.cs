using System.CommandLine;

namespace Dkron.Host.Cli;

/// <summary>Ends an execution.</summary>
internal sealed class StopVerb : IVerb
{
    private readonly CliParts _parts;
    private readonly CommonOptions _common;
    private readonly Argument<string> _id = new("EXECUTION-ID") { Description = "As dkron executions lists it." };

    public StopVerb(CliParts parts, CommonOptions common)
    {
        (_parts, _common) = (parts, common);
        Command = new("stop", "Ask a running execution to end; after a grace it is killed. Returns at once.") { _id };
    }

    public Command Command { get; }

    public async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var lease = await new Connection(_parts).OpenAsync(_common.Settings(arguments), cancellationToken);
        await lease.Control.StopAsync(arguments.GetRequiredValue(_id), cancellationToken);
        return ExitCode.Done;
    }
}

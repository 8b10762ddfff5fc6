using System.CommandLine;

namespace Dkron.Host.Cli;

/// <summary>Runs the agent.</summary>
internal sealed class AgentVerb(CliParts parts, CommonOptions common) : IVerb
{
    public Command Command { get; } = new("agent", "Run the agent until it is told to stop. This is also what happens without a verb.");

    public Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken) => parts.RunAgent(common.Settings(arguments), cancellationToken);
}

using System.CommandLine;
using Dkron.Host.Api;
using Dkron.Host.Plugins;

namespace Dkron.Host.Cli;

/// <summary>Prints the hash of a plugin's files.</summary>
internal sealed class PluginHashVerb : IVerb
{
    private readonly CliParts _parts;
    private readonly Argument<string> _folder = new("DIR") { Description = "A plugin's folder, or its dropped-in dll." };

    public PluginHashVerb(CliParts parts)
    {
        _parts = parts;
        Command = new("hash", "Print the SHA-256 of a plugin's files, for Dkron:Plugins:Allow.") { _folder };
    }

    public Command Command { get; }

    public Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        try
        {
            _parts.Screen.WriteLine(TreeHash.Of(PluginSource.At(arguments.GetRequiredValue(_folder))));
            return Task.FromResult(ExitCode.Done);
        }
        catch (PluginRefusedException e)
        {
            throw new ControlException(ControlError.Invalid, e.Message, e);
        }
    }
}

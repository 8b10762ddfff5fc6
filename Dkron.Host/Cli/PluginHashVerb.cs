using System.CommandLine;
using Dkron.Host.Api;
using Dkron.Host.Authoring;
using Dkron.Host.Plugins;

namespace Dkron.Host.Cli;

/// <summary>Prints the hash of a plugin's files.</summary>
internal sealed class PluginHashVerb : IVerb
{
    private readonly CliParts _parts;
    private readonly CommonOptions _common;
    private readonly Argument<string> _folder = new("DIR") { Description = "A plugin's folder, or its dropped-in dll." };

    public PluginHashVerb(CliParts parts, CommonOptions common)
    {
        (_parts, _common) = (parts, common);
        Command = new("hash", "Print the SHA-256 of a plugin's files, for Dkron:Plugins:Allow.") { _folder, common.Json };
    }

    public Command Command { get; }

    public Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        try
        {
            var source = PluginSource.At(arguments.GetRequiredValue(_folder));
            var hash = TreeHash.Of(source);
            if (_common.IsJson(arguments))
            {
                _parts.Screen.WriteJson(new HashDocument(source.Location, hash), AuthoringJson.Shape.HashDocument);
            }
            else
            {
                _parts.Screen.WriteLine(hash);
            }

            return Task.FromResult(ExitCode.Done);
        }
        catch (PluginRefusedException e)
        {
            throw new ControlException(ControlError.Invalid, e.Message, e);
        }
    }
}

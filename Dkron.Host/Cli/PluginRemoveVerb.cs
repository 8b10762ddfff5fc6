using System.CommandLine;
using Dkron.Host.Api;
using Dkron.Host.Authoring;
using Dkron.Host.Plugins;

namespace Dkron.Host.Cli;

/// <summary>Takes a plugin out of its plugin folder.</summary>
internal sealed class PluginRemoveVerb : IVerb
{
    private readonly CliParts _parts;
    private readonly CommonOptions _common;
    private readonly Argument<string> _name = new("NAME") { Description = "The plugin, such as mail." };
    private readonly Option<bool> _force = new("--force") { Description = "Also when jobs use it." };

    public PluginRemoveVerb(CliParts parts, CommonOptions common)
    {
        (_parts, _common) = (parts, common);
        Command = new("remove", "Remove a plugin from its plugin folder. A running agent uses it for Dkron:Plugins:RemovalGrace (30 s) more.") { _name, _force, common.Json };
    }

    public Command Command { get; }

    public async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var settings = _common.Settings(arguments);
        PluginSource source;
        try
        {
            source = new PluginPlaces(_parts.PluginOptions(settings).Folders).Find(arguments.GetRequiredValue(_name));
        }
        catch (PluginRefusedException e)
        {
            throw new ControlException(ControlError.NotFound, e.Message, e);
        }

        if (!arguments.GetValue(_force))
        {
            await CheckUsersAsync(source.Name.Name, settings, cancellationToken);
        }

        PluginFolderSwap.Remove(source);
        var removed = new InstallDocument { Name = source.Name.Name, Location = source.Location };
        if (_common.IsJson(arguments))
        {
            _parts.Screen.WriteJson(removed, AuthoringJson.Shape.InstallDocument);
        }
        else
        {
            _parts.Screen.WriteLine($"removed {removed.Name} from {removed.Location}");
        }

        return ExitCode.Done;
    }

    private async Task CheckUsersAsync(string name, SettingsArguments settings, CancellationToken cancellationToken)
    {
        await using var lease = await new Connection(_parts).OpenAsync(settings, cancellationToken);
        var users = (await lease.Control.JobsAsync(cancellationToken)).Where(job => job.Processors.Any(step => step.Name == name)).Select(job => job.Name).ToList();
        if (users.Count > 0)
        {
            throw new ControlException(ControlError.Conflict, $"plugin '{name}' is not removed: {(users.Count == 1 ? "job" : "jobs")} {string.Join(", ", users.Take(5))}{(users.Count > 5 ? $" and {users.Count - 5} more" : "")} would lack it; take it out of their processors, or use --force");
        }
    }
}

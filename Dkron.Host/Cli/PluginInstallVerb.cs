using System.CommandLine;
using Dkron.Host.Api;
using Dkron.Host.Authoring;
using Dkron.Host.Plugins;

namespace Dkron.Host.Cli;

/// <summary>Lays a plugin into a plugin folder, once it is known to be good.</summary>
internal sealed class PluginInstallVerb : IVerb
{
    private readonly CliParts _parts;
    private readonly CommonOptions _common;
    private readonly Argument<string> _folder = new("DIR") { Description = "A plugin's folder, such as dotnet publish makes, or its dll." };
    private readonly Option<string?> _into = new("--into") { Description = "The plugin folder to lay it into; the first of Dkron:Plugins:Folders that can be written to when not given.", HelpName = "FOLDER" };

    public PluginInstallVerb(CliParts parts, CommonOptions common)
    {
        (_parts, _common) = (parts, common);
        Command = new("install", "Check a plugin, copy it into a plugin folder in one step, and have a running agent take it. Exit code 1 when it is refused.") { _folder, _into, common.Json };
    }

    public Command Command { get; }

    public async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var settings = _common.Settings(arguments);
        var into = arguments.GetValue(_into);
        var options = into is null ? _parts.PluginOptions(settings) : new PluginOptions();

        // Whose the files are is asked of the copy, which is the host's own.
        var check = await new PluginCheck(new PluginOptions { PermissionCheck = PermissionCheck.Off, Allow = options.Allow }, _parts.Time).RunAsync(arguments.GetRequiredValue(_folder), cancellationToken);
        if (!check.Good)
        {
            _parts.Screen.Complain($"{check.Location} is not installed, since it would be refused: {check.Error}");
            return ExitCode.Failed;
        }

        var installed = await TellAgentAsync(Lay(check, into, options), settings, check.TreeHash, cancellationToken);
        Tell(installed, check, _common.IsJson(arguments));
        return installed.Error is null ? ExitCode.Done : ExitCode.Failed;
    }

    private static InstallDocument Lay(CheckDocument check, string? into, PluginOptions options)
    {
        try
        {
            var source = PluginSource.At(check.Location);
            var folder = into is null ? new PluginPlaces(options.Folders).FolderFor(source.Name) : Directory.CreateDirectory(into).FullName;
            var place = Path.Combine(folder, source.Name.AssemblyName);
            return place == source.Location
                ? throw new ControlException(ControlError.Invalid, $"{place} is where it lies already")
                : new InstallDocument { Name = check.Name, Version = check.Version, Location = place, Replaced = PluginFolderSwap.Lay(source, folder) };
        }
        catch (PluginRefusedException e)
        {
            throw new ControlException(ControlError.Failed, e.Message, e);
        }
    }

    private async Task<InstallDocument> TellAgentAsync(InstallDocument installed, SettingsArguments settings, string? hash, CancellationToken cancellationToken)
    {
        await using var agent = await new Connection(_parts).FindAgentAsync(settings, cancellationToken);
        if (agent is null)
        {
            return installed;
        }

        try
        {
            var plugins = (await agent.Control.ReloadPluginsAsync(installed.Name, cancellationToken)).Where(plugin => plugin.Name == installed.Name).ToList();
            return plugins.Find(plugin => plugin.TreeHash == hash && plugin.Error is null) is { } taken
                ? installed with { State = taken.State }
                : installed with
                {
                    State = Words.Of(GenerationState.Rejected),
                    Error = plugins.SelectMany(plugin => plugin.Warnings.Prepend(plugin.Error)).FirstOrDefault(text => text is not null) ?? "the agent uses another build of it; dkron plugins tells which",
                };
        }
        catch (ControlException e) when (e.Error is ControlError.NotFound)
        {
            return installed with { Error = $"the running agent does not find it: {Path.GetDirectoryName(installed.Location)} is none of its plugin folders" };
        }
    }

    private void Tell(InstallDocument installed, CheckDocument check, bool isJson)
    {
        if (isJson)
        {
            _parts.Screen.WriteJson(installed, AuthoringJson.Shape.InstallDocument);
            return;
        }

        foreach (var warning in check.Warnings)
        {
            _parts.Screen.WriteAside($"dkron: warning: {warning}");
        }

        _parts.Screen.WriteLine($"{(installed.Replaced ? "replaced" : "installed")} {installed.Name} {installed.Version} in {installed.Location}");
        if (installed.Error is { } error)
        {
            _parts.Screen.Complain(error);
        }
        else
        {
            _parts.Screen.WriteLine(installed.State is { } state ? $"the running agent has it: {state}" : "no agent runs; it is used from the next start on");
        }
    }
}

using Dkron.Host;
using Dkron.Host.Cli;

using var screen = Screen.OfProcess();
var time = TimeProvider.System;
return await new CommandLine(new CliParts
{
    Time = time,
    Screen = screen,
    RunAgent = (arguments, cancellationToken) => AgentHost.RunAsync(arguments, screen, time, cancellationToken),
    Check = (arguments, cancellationToken) => SettingsVerdict.OfAsync(arguments, time, cancellationToken),
    CheckRecords = OfflineCheck.Run,
    DataDirectory = arguments => SettingsAccess.SettingsFor(arguments).DataDirectory,
    PluginOptions = arguments => PluginSettings.Of(arguments),
    InstalledPlugins = (arguments, cancellationToken) => PluginSettings.InstalledAsync(arguments, time, cancellationToken),
    Offline = (arguments, cancellationToken) => OfflineControl.OpenAsync(arguments, time, cancellationToken),
}).RunAsync(args, CancellationToken.None);

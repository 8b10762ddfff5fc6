using Dkron.Host.Api;
using Dkron.Host.Cli;
using Dkron.Host.Jobs.Problems;
using Dkron.Host.Jobs.Settings;
using Dkron.Host.Plugins;
using Microsoft.Extensions.Configuration;

namespace Dkron.Host;

/// <summary>What the settings say of plugins, for verbs that need no agent.</summary>
internal static class PluginSettings
{
    /// <exception cref="ControlException">The settings cannot be read.</exception>
    public static PluginOptions Of(SettingsArguments arguments) => SettingsAccess.SettingsFor(arguments).Configuration.GetSection(PluginOptions.Section).Get<PluginOptions>() ?? new PluginOptions();

    /// <summary>The plugins that an agent with these settings would find. Settings that cannot be read are no reason to tell nothing: then they are those of the standard folders.</summary>
    public static async Task<IReadOnlyList<PluginDocument>> InstalledAsync(SettingsArguments arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var plugins = await BorrowedPlugins.LoadAsync(TryLoad(arguments), time, cancellationToken);
        return PluginView.Of(plugins.Registry);
    }

    private static HostSettings? TryLoad(SettingsArguments arguments)
    {
        try
        {
            return HostSettings.Load(SettingsAccess.ReaderFor(arguments));
        }
        catch (JobConfigException) when (arguments.Files.Count == 0)
        {
            return null;
        }
        catch (JobConfigException e)
        {
            throw new ControlException(ControlError.Invalid, e.Message);
        }
    }
}

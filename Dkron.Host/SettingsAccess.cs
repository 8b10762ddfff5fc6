using Dkron.Host.Api;
using Dkron.Host.Cli;
using Dkron.Host.Execution;
using Dkron.Host.Jobs.Problems;
using Dkron.Host.Jobs.Settings;
using Dkron.Host.Plugins;
using Dkron.Host.Processing;
using Dkron.Host.Records;

namespace Dkron.Host;

/// <summary>From what the command line says about settings to the settings.</summary>
internal static class SettingsAccess
{
    /// <summary>The sections below <c>Dkron</c>, one for each folder that has options.</summary>
    public static readonly IReadOnlyList<OptionsSection> Sections =
    [
        OptionsSection.Of(PluginOptions.Section, new PluginOptionsValidator(), [nameof(PluginOptions.Folders)]),
        OptionsSection.Of(ExecutionOptions.Section, new ExecutionOptionsValidator()),
        OptionsSection.Of(ProcessingOptions.Section, new ProcessingOptionsValidator()),
        OptionsSection.Of(RecordOptions.Section, new RecordOptionsValidator()),
    ];

    /// <exception cref="JobConfigException">A file that is named does not exist, or there is none anywhere.</exception>
    public static SettingsReader ReaderFor(SettingsArguments arguments)
    {
        var places = SettingsPlaces.OfProcess();
        return ReaderOf(SettingsFiles.Locate(arguments.Files, places), arguments, places);
    }

    /// <summary>For the agent: where the files are gone, it starts from the last good settings as it does where they are bad.</summary>
    /// <exception cref="JobConfigException">The settings cannot be used, or are not there, and there are no last good ones.</exception>
    public static HostSettings AgentSettings(SettingsArguments arguments, SettingsPlaces places)
    {
        IReadOnlyList<SettingsFile> files;
        try
        {
            files = SettingsFiles.Locate(arguments.Files, places);
        }
        catch (JobConfigException)
        {
            foreach (var expected in SettingsFiles.Expected(arguments.Files, places))
            {
                if (HostSettings.TryLoad(ReaderOf(expected, arguments, places)) is { } settings)
                {
                    return settings;
                }
            }

            throw;
        }

        return HostSettings.Load(ReaderOf(files, arguments, places));
    }

    /// <summary>For verbs that only need to know where things lie.</summary>
    /// <exception cref="ControlException">The settings cannot be read.</exception>
    public static HostSettings SettingsFor(SettingsArguments arguments)
    {
        try
        {
            return HostSettings.Load(ReaderFor(arguments));
        }
        catch (JobConfigException e)
        {
            throw new ControlException(ControlError.Invalid, e.Message);
        }
    }

    private static SettingsReader ReaderOf(IReadOnlyList<SettingsFile> files, SettingsArguments arguments, SettingsPlaces places) =>
        new(files, arguments.Overrides, Environment.GetEnvironmentVariables(), Sections, places.WorkingFolder);
}

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
    public static SettingsReader ReaderFor(SettingsArguments arguments) => new(
        SettingsFiles.Locate(arguments.Files, SettingsPlaces.OfProcess()),
        arguments.Overrides,
        Environment.GetEnvironmentVariables(),
        Sections,
        Directory.GetCurrentDirectory());

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
}

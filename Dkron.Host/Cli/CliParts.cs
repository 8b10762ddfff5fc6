using Dkron.Host.Api;
using Dkron.Host.Plugins;

namespace Dkron.Host.Cli;

/// <summary>What the verbs need of the rest of Dkron.</summary>
internal sealed record CliParts
{
    public required TimeProvider Time { get; init; }

    public required Screen Screen { get; init; }

    /// <summary>Runs the agent until it is told to stop, and returns the exit code.</summary>
    public required Func<SettingsArguments, CancellationToken, Task<int>> RunAgent { get; init; }

    /// <summary>Checks the settings without starting anything.</summary>
    public required Func<SettingsArguments, CancellationToken, Task<VerdictDocument>> Check { get; init; }

    /// <summary>Compares the records with their checksums.</summary>
    public required Func<SettingsArguments, CancellationToken, RecordsCheckDocument> CheckRecords { get; init; }

    /// <summary>The absolute data directory that the settings name.</summary>
    /// <remarks>Throws <see cref="ControlException"/> with <see cref="ControlError.Invalid"/> when the settings cannot be read.</remarks>
    public required Func<SettingsArguments, string> DataDirectory { get; init; }

    /// <summary>The settings below <c>Dkron:Plugins</c>.</summary>
    /// <remarks>Throws <see cref="ControlException"/> with <see cref="ControlError.Invalid"/> when the settings cannot be read.</remarks>
    public required Func<SettingsArguments, PluginOptions> PluginOptions { get; init; }

    /// <summary>The plugins in the folders of the settings, or, when these cannot be read, in the standard ones.</summary>
    public required Func<SettingsArguments, CancellationToken, Task<IReadOnlyList<PluginDocument>>> InstalledPlugins { get; init; }

    /// <summary>What answers when no agent runs. Disposed after use if it can be.</summary>
    public required Func<SettingsArguments, CancellationToken, Task<IControl>> Offline { get; init; }
}

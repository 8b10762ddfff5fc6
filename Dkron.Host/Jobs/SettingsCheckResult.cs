using Dkron.Host.Jobs.Problems;
using Dkron.Host.Jobs.Settings;

namespace Dkron.Host.Jobs;

/// <summary>What a check of the settings found.</summary>
/// <param name="Read">The settings.</param>
/// <param name="Problems">What is wrong; empty when there are jobs.</param>
/// <param name="Warnings">What works but is probably not what was meant.</param>
internal sealed record SettingsCheckResult(HostSettingsRead Read, IReadOnlyList<Problem> Problems, IReadOnlyList<Problem> Warnings)
{
    /// <summary>The jobs; null when there is any problem.</summary>
    public JobSet? Jobs { get; init; }
}

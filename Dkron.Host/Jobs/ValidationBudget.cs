using Dkron.Abstractions;
using Dkron.Host.Plugins;

namespace Dkron.Host.Jobs;

/// <summary>Bounds how long one plugin may take in all to check the options of its steps, in one check of the settings.</summary>
/// <remarks>One answer may take seconds, there may be thousands of steps, and meanwhile no other plugin's new build is decided on.</remarks>
internal sealed class ValidationBudget(PluginDescription plugin)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private TimeSpan _spent;

    /// <summary>The same processors, each with as much time.</summary>
    public static IReadOnlyDictionary<string, PluginDescription> Of(IReadOnlyDictionary<string, PluginDescription> catalog) =>
        catalog.ToDictionary(known => known.Key, known => known.Value with { Validate = new ValidationBudget(known.Value).Validate }, StringComparer.Ordinal);

    private IReadOnlyList<string> Validate(ProcessorConfig config, CancellationToken cancellationToken)
    {
        if (_spent >= Limit)
        {
            return [$"plugin '{plugin.Name}' has taken {Limit.TotalSeconds} s to check the options of other steps, so these were not checked; they are when the settings are checked next, and its check has to become quicker"];
        }

        var begin = TimeProvider.System.GetTimestamp();
        try
        {
            return plugin.Validate(config, cancellationToken);
        }
        finally
        {
            _spent += TimeProvider.System.GetElapsedTime(begin);
        }
    }
}

using System.Globalization;

namespace Dkron.Benchmarks.Plugins;

/// <summary>The reports on plugins, by the word that asks for each.</summary>
internal static class PluginReports
{
    public static Task RunAsync(string[] args) => args switch
    {
        ["--plugins"] => LiveReport.RunAsync(),
        ["--plugins-swaps"] => SwapReport.RunAsync(1000),
        ["--plugins-swaps", var swaps] => SwapReport.RunAsync(int.Parse(swaps, CultureInfo.InvariantCulture)),
        ["--plugins-many"] => ManyPluginsReport.RunAsync(500),
        ["--plugins-many", var plugins] => ManyPluginsReport.RunAsync(int.Parse(plugins, CultureInfo.InvariantCulture)),
        ["--plugins-blocking"] => BlockingReport.RunAsync(),
        _ => throw new ArgumentException($"there is no report {args[0]}: --plugins, --plugins-swaps [N], --plugins-many [N], --plugins-blocking", nameof(args)),
    };
}

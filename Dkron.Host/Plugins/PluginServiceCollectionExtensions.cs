using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dkron.Host.Plugins;

/// <summary>Composes this folder.</summary>
internal static class PluginServiceCollectionExtensions
{
    /// <summary>Adds the registry. It is empty until <see cref="PluginRegistry.LoadAllAsync(JobsFit?, CancellationToken)"/> has run.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="section">The section <c>Dkron:Plugins</c>, with absolute paths.</param>
    /// <param name="dataDirectory">The absolute path of the data directory.</param>
    public static IServiceCollection AddPlugins(this IServiceCollection services, IConfiguration section, string dataDirectory)
    {
        services.AddSingleton<IValidateOptions<PluginOptions>, PluginOptionsValidator>();
        services.AddSingleton<IValidateOptions<PluginOptions>, PluginRangesValidator>();
        services.AddOptions<PluginOptions>().Bind(section).ValidateOnStart();
        return services.AddSingleton(provider => new PluginRegistry(
            PluginFolders.Standard(provider.GetRequiredService<IOptions<PluginOptions>>().Value.Folders),
            dataDirectory,
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<TimeProvider>(),
            options: provider.GetRequiredService<IOptions<PluginOptions>>().Value));
    }
}

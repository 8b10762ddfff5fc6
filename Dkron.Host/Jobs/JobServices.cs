using Dkron.Host.Jobs.Settings;
using Dkron.Host.Plugins;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dkron.Host.Jobs;

/// <summary>Registers this folder.</summary>
internal static class JobServices
{
    /// <param name="services">Takes the registrations. What fills the catalog must be registered, and so started, before.</param>
    /// <param name="settings">The settings the host was started with.</param>
    /// <param name="catalog">Gives the processors that there are at the moment, by their names.</param>
    public static IServiceCollection AddJobs(this IServiceCollection services, HostSettings settings, Func<IServiceProvider, IReadOnlyDictionary<string, PluginDescription>> catalog)
    {
        services.AddSingleton<IValidateOptions<DkronOptions>, DkronOptionsValidator>();
        services.AddOptions<DkronOptions>().Bind(settings.Configuration.GetSection(DkronOptions.Section)).ValidateOnStart();
        services.AddSingleton(settings);
        services.AddSingleton(provider => new JobSource(settings, () => catalog(provider), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<JobSource>>()));
        services.AddHostedService(provider => provider.GetRequiredService<JobSource>());
        return services;
    }
}

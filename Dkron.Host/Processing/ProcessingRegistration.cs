using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Dkron.Host.Processing;

/// <summary>Registers the chain of processors.</summary>
internal static class ProcessingRegistration
{
    public static IServiceCollection AddProcessing(this IServiceCollection services, IConfiguration section)
    {
        services.AddSingleton<IValidateOptions<ProcessingOptions>, ProcessingOptionsValidator>();
        services.AddOptions<ProcessingOptions>().Bind(section).ValidateOnStart();
        return services.AddSingleton<ProcessorChain>();
    }
}

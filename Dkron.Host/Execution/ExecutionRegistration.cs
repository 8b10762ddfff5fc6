using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Dkron.Host.Execution;

/// <summary>Registers what runs commands.</summary>
internal static class ExecutionRegistration
{
    public static IServiceCollection AddExecution(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<ExecutionOptions>, ExecutionOptionsValidator>();
        services.AddOptions<ExecutionOptions>().BindConfiguration(ExecutionOptions.Section).ValidateOnStart();
        return services.AddSingleton<CommandRunner>();
    }
}

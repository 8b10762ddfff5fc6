using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;

namespace Dkron.Host.Jobs.Settings;

/// <summary>Puts <see cref="HostSettingsProvider"/> into a configuration.</summary>
internal sealed class HostSettingsSource : IConfigurationSource
{
    public HostSettingsProvider Provider { get; } = new(new JsonStreamConfigurationSource());

    public IConfigurationProvider Build(IConfigurationBuilder builder) => Provider;
}

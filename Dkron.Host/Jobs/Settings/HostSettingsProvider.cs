using Microsoft.Extensions.Configuration.Json;

namespace Dkron.Host.Jobs.Settings;

/// <summary>Serves checked settings to the options. What is not good never gets here, so the last good values stay.</summary>
internal sealed class HostSettingsProvider(JsonStreamConfigurationSource source) : JsonStreamConfigurationProvider(source)
{
    private byte[] _json = [];

    public override void Load()
    {
        // Filled by Apply, and not when the configuration is put together.
    }

    public void Apply(ReadOnlyMemory<byte> json)
    {
        if (json.Span.SequenceEqual(_json))
        {
            return;
        }

        _json = json.ToArray();
        using var stream = new MemoryStream(_json);
        Load(stream);
        OnReload();
    }
}

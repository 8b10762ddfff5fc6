using System.Text;
using System.Text.Json;

namespace Dkron.Plugins.Tests.Webhook;

/// <summary>A request as the server got it.</summary>
internal sealed record ReceivedRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}

using Microsoft.AspNetCore.Http;

namespace Dkron.Host.Api;

/// <summary>/v1/plugins and /v1/status</summary>
internal sealed class NodeEndpoints(IControl control)
{
    public async Task PluginsAsync(HttpContext context) =>
        await context.AnswerAsync(await control.PluginsAsync(context.RequestAborted), ApiJson.Shape.IReadOnlyListPluginDocument);

    public async Task StatusAsync(HttpContext context) =>
        await context.AnswerAsync(await control.StatusAsync(context.RequestAborted), ApiJson.Shape.StatusDocument);
}

using Microsoft.AspNetCore.Http;

namespace Dkron.Host.Api;

/// <summary>/v1/plugins and /v1/status</summary>
internal sealed class NodeEndpoints(IControl control)
{
    public async Task PluginsAsync(HttpContext context) =>
        await context.AnswerAsync(await control.PluginsAsync(context.RequestAborted), ApiJson.Shape.IReadOnlyListPluginDocument);

    public async Task ReloadAllAsync(HttpContext context) =>
        await context.AnswerAsync(await control.ReloadPluginsAsync(null, context.RequestAborted), ApiJson.Shape.IReadOnlyListPluginDocument);

    public async Task ReloadAsync(HttpContext context) =>
        await context.AnswerAsync(await control.ReloadPluginsAsync(context.Part("name"), context.RequestAborted), ApiJson.Shape.IReadOnlyListPluginDocument);

    // Not the request's token: whoever hangs up now must not leave it half done.
    public async Task RollBackAsync(HttpContext context) =>
        await context.AnswerAsync(await control.RollBackPluginAsync(context.Part("name"), CancellationToken.None), ApiJson.Shape.IReadOnlyListPluginDocument);

    public async Task StatusAsync(HttpContext context) =>
        await context.AnswerAsync(await control.StatusAsync(context.RequestAborted), ApiJson.Shape.StatusDocument);
}

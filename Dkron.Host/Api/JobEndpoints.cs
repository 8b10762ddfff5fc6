using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Dkron.Host.Api;

/// <summary>/v1/jobs</summary>
internal sealed class JobEndpoints(IControl control)
{
    public async Task ListAsync(HttpContext context)
    {
        var jobs = await control.JobsAsync(context.RequestAborted);
        context.Response.Headers["X-Total-Count"] = jobs.Count.ToString(CultureInfo.InvariantCulture);
        await context.AnswerAsync(jobs, ApiJson.Shape.IReadOnlyListJobDocument);
    }

    public async Task ShowAsync(HttpContext context) =>
        await context.AnswerAsync(await control.JobAsync(context.Part("name"), context.RequestAborted), ApiJson.Shape.JobDocument);

    public async Task RunAsync(HttpContext context)
    {
        // Not the request's token: whoever hangs up now must not leave a start half done.
        var started = await control.RunAsync(context.Part("name"), context.Flag("force"), CancellationToken.None);
        if (started.Executions is [var only])
        {
            context.Response.Headers.Location = $"/v1/executions/{Uri.EscapeDataString(only)}";
        }

        await context.AnswerAsync(started, ApiJson.Shape.StartedDocument, StatusCodes.Status202Accepted);
    }
}

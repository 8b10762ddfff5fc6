using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Dkron.Host.Api;

/// <summary>/v1/executions</summary>
internal sealed class ExecutionEndpoints(IControl control, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private const int BufferBytes = 64 * 1024;

    public async Task ListAsync(HttpContext context)
    {
        var request = ExecutionsRequest.Parse(context.Query, time.GetUtcNow());
        await context.AnswerAsync(await control.ExecutionsAsync(request, context.RequestAborted), ApiJson.Shape.IReadOnlyListExecutionDocument);
    }

    public async Task ShowAsync(HttpContext context) =>
        await context.AnswerAsync(await control.ExecutionAsync(context.Part("id"), context.RequestAborted), ApiJson.Shape.ExecutionDocument);

    public async Task StopAsync(HttpContext context)
    {
        await control.StopAsync(context.Part("id"), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    public async Task DeadLettersAsync(HttpContext context) => await context.AnswerAsync(
        await control.DeadLettersAsync(DeadLettersRequest.Parse(context.Query, time.GetUtcNow()), context.RequestAborted),
        ApiJson.Shape.IReadOnlyListDeadLetterDocument);

    public async Task ReprocessAsync(HttpContext context)
    {
        var id = context.Part("id");
        var reprocessed = await control.ReprocessAsync([id], context.Query("step"), deadOnly: false, context.RequestAborted);
        if (reprocessed.Executions.Count == 0)
        {
            await control.ExecutionAsync(id, context.RequestAborted);   // says it when there is none
            throw new ControlException(ControlError.Conflict, string.Join("; ", reprocessed.PassedOver));
        }

        await context.AnswerAsync(reprocessed, ApiJson.Shape.ReprocessedDocument, StatusCodes.Status202Accepted);
    }

    /// <summary>Of many; their ids come as a JSON array.</summary>
    public Task ReprocessManyAsync(HttpContext context) => ReprocessManyAsync(context, deadOnly: false);

    /// <summary>The dead letters of many, and none of their other steps; their ids come as a JSON array.</summary>
    public Task ReprocessDeadAsync(HttpContext context) => ReprocessManyAsync(context, deadOnly: true);

    /// <summary>The bytes of the output, as they come when it is followed.</summary>
    public async Task OutputAsync(HttpContext context)
    {
        var follow = context.Flag("follow");
        await using var output = await control.OutputAsync(context.Part("id"), context.Flag("raw"), follow, context.RequestAborted);

        // No browser may take what a command wrote for a page of ours.
        context.Response.ContentType = "application/octet-stream";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (!follow && output.CanSeek)
        {
            context.Response.ContentLength = output.Length;
        }

        await context.Response.StartAsync(context.RequestAborted);

        // Kestrel waits for its requests before the host goes on stopping, and what is followed may only end after that.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await CopyAsync(output, context.Response.Body, follow ? ended.Token : context.RequestAborted);
        }
        catch (OperationCanceledException) when (follow && !context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
    }

    private async Task ReprocessManyAsync(HttpContext context, bool deadOnly)
    {
        IReadOnlyList<string>? ids;
        try
        {
            ids = await context.Request.ReadFromJsonAsync(ApiJson.Shape.IReadOnlyListString, context.RequestAborted);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ControlException(ControlError.Invalid, $"the body is not a JSON array of execution ids: {e.Message}", e);
        }

        await context.AnswerAsync(await control.ReprocessAsync(ids ?? [], context.Query("step"), deadOnly, context.RequestAborted), ApiJson.Shape.ReprocessedDocument, StatusCodes.Status202Accepted);
    }

    private static async Task CopyAsync(Stream output, Stream body, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (int read; (read = await output.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                await body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                await body.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

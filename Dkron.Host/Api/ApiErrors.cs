using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Api;

/// <summary>Answers everything that goes wrong with a status code and a JSON document that says why.</summary>
internal sealed partial class ApiErrors(ILogger<ApiErrors> logger)
{
    public async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            await ExplainAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked has gone.
        }
        catch (ControlException e)
        {
            await AnswerAsync(context, StatusOf(e.Error), e.Message);
        }
        catch (BadHttpRequestException e)
        {
            await AnswerAsync(context, e.StatusCode, e.Message);
        }
#pragma warning disable CA1031 // The top of a request: whatever it is, it ends this request only.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(e, context.Request.Method, context.Request.Path);
            await AnswerAsync(context, StatusCodes.Status500InternalServerError, $"the agent could not answer: {e.Message} (its log says more)");
        }
    }

    public static int StatusOf(ControlError error) => error switch
    {
        ControlError.Invalid => StatusCodes.Status400BadRequest,
        ControlError.NotFound => StatusCodes.Status404NotFound,
        ControlError.Conflict => StatusCodes.Status409Conflict,
        ControlError.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>What routing refuses has no body yet.</summary>
    private static async Task ExplainAsync(HttpContext context)
    {
        var why = context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => $"there is nothing at {context.Request.Path}",
            StatusCodes.Status405MethodNotAllowed => $"{context.Request.Path} does not take {context.Request.Method}, only {context.Response.Headers.Allow}",
            _ => null,
        };
        if (why is not null)
        {
            await AnswerAsync(context, context.Response.StatusCode, why);
        }
    }

    private static async Task AnswerAsync(HttpContext context, int statusCode, string message)
    {
        if (context.Response.HasStarted)
        {
            // A part of the answer is on its way with another status: only breaking off tells that it is not whole.
            context.Abort();
            return;
        }

        await context.AnswerAsync(new ErrorDocument(message), ApiJson.Shape.ErrorDocument, statusCode);
    }

    [LoggerMessage(7001, LogLevel.Error, "API: {Method} {Path} failed")]
    private partial void LogFailed(Exception exception, string method, string path);
}

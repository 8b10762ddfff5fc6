using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dkron.Host.Api;

/// <summary>What every endpoint does with a request.</summary>
internal static class Request
{
    /// <summary>A part of the path, decoded.</summary>
    public static string Part(this HttpContext context, string name) => (string)context.GetRouteValue(name)!;

    /// <summary>A value of the query; null when it is not given or blank. Of several the last.</summary>
    public static string? Query(this HttpContext context, string key) =>
        context.Request.Query.TryGetValue(key, out var values) && values.LastOrDefault() is { Length: > 0 } text ? text : null;

    /// <summary>A yes or no of the query. As in Dkron, its mere presence means yes.</summary>
    public static bool Flag(this HttpContext context, string key) =>
        context.Request.Query.TryGetValue(key, out var values)
        && (values.LastOrDefault() is not { Length: > 0 } text || (bool.TryParse(text, out var yes) ? yes : throw new ControlException(ControlError.Invalid, $"{key}: '{text}' is neither true nor false")));

    public static async Task AnswerAsync<T>(this HttpContext context, T document, JsonTypeInfo<T> shape, int statusCode = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = statusCode;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await context.Response.WriteAsJsonAsync(document, shape, contentType: null, context.RequestAborted);
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Dkron.Host.Api;

/// <summary>Asks the agent that runs with a data directory.</summary>
internal sealed class RemoteControl : IControl, IDisposable
{
    private readonly string _dataDirectory;
    private readonly HttpClient _agent;

    public RemoteControl(string dataDirectory)
    {
        _dataDirectory = dataDirectory;
#pragma warning disable CA2000 // The client disposes its handler.
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) => new NetworkStream(await ApiSocket.ConnectAsync(dataDirectory, cancellationToken), ownsSocket: true),
        };
#pragma warning restore CA2000
        _agent = new HttpClient(handler) { BaseAddress = new Uri("http://dkron/v1/"), Timeout = TimeSpan.FromSeconds(30) };
    }

    public void Dispose() => _agent.Dispose();

    public Task<IReadOnlyList<JobDocument>> JobsAsync(CancellationToken cancellationToken) =>
        GetAsync("jobs", ApiJson.Shape.IReadOnlyListJobDocument, cancellationToken);

    public Task<JobDocument> JobAsync(string name, CancellationToken cancellationToken) =>
        GetAsync($"jobs/{Escaped(name)}", ApiJson.Shape.JobDocument, cancellationToken);

    public async Task<StartedDocument> RunAsync(string name, bool force, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, $"jobs/{Escaped(name)}/run{(force ? "?force=true" : "")}", cancellationToken);
        return await ReadAsync(response, ApiJson.Shape.StartedDocument, cancellationToken);
    }

    public Task<IReadOnlyList<ExecutionDocument>> ExecutionsAsync(ExecutionsRequest request, CancellationToken cancellationToken) =>
        GetAsync($"executions{request.ToQueryString()}", ApiJson.Shape.IReadOnlyListExecutionDocument, cancellationToken);

    public Task<ExecutionDocument> ExecutionAsync(string id, CancellationToken cancellationToken) =>
        GetAsync($"executions/{Escaped(id)}", ApiJson.Shape.ExecutionDocument, cancellationToken);

    public async Task<Stream> OutputAsync(string id, bool raw, bool follow, CancellationToken cancellationToken)
    {
        var response = await SendAsync(HttpMethod.Get, $"executions/{Escaped(id)}/output?raw={(raw ? "true" : "false")}&follow={(follow ? "true" : "false")}", cancellationToken);
        return await response.Content.ReadAsStreamAsync(cancellationToken);
    }

    public async Task StopAsync(string id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, $"executions/{Escaped(id)}/stop", cancellationToken);
    }

    public Task<IReadOnlyList<DeadLetterDocument>> DeadLettersAsync(DeadLettersRequest request, CancellationToken cancellationToken) =>
        GetAsync($"deadletters{request.ToQueryString()}", ApiJson.Shape.IReadOnlyListDeadLetterDocument, cancellationToken);

    public async Task<ReprocessedDocument> ReprocessAsync(IReadOnlyList<string> ids, string? step, bool deadOnly, CancellationToken cancellationToken)
    {
        // Dead letters have a path of their own: an agent of an older version that passed over a flag would call all steps again.
        var path = deadOnly ? "deadletters/reprocess" : "reprocess";
        using var body = JsonContent.Create(ids, ApiJson.Shape.IReadOnlyListString);
        using var response = await SendAsync(HttpMethod.Post, step is null ? path : $"{path}?step={Escaped(step)}", cancellationToken, body);
        return await ReadAsync(response, ApiJson.Shape.ReprocessedDocument, cancellationToken);
    }

    public Task<IReadOnlyList<PluginDocument>> PluginsAsync(CancellationToken cancellationToken) =>
        GetAsync("plugins", ApiJson.Shape.IReadOnlyListPluginDocument, cancellationToken);

    public async Task<IReadOnlyList<PluginDocument>> ReloadPluginsAsync(string? name, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, name is null ? "plugins/reload" : $"plugins/{Escaped(name)}/reload", cancellationToken);
        return await ReadAsync(response, ApiJson.Shape.IReadOnlyListPluginDocument, cancellationToken);
    }

    public async Task<IReadOnlyList<PluginDocument>> RollBackPluginAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, $"plugins/{Escaped(name)}/rollback", cancellationToken);
        return await ReadAsync(response, ApiJson.Shape.IReadOnlyListPluginDocument, cancellationToken);
    }

    public Task<StatusDocument> StatusAsync(CancellationToken cancellationToken) =>
        GetAsync("status", ApiJson.Shape.StatusDocument, cancellationToken);

    private static string Escaped(string part) => Uri.EscapeDataString(part);

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> shape, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, path, cancellationToken);
        return await ReadAsync(response, shape, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, CancellationToken cancellationToken, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        HttpResponseMessage response;
        try
        {
            response = await _agent.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            var why = e.GetBaseException() is SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.AddressNotAvailable } ? "it has stopped" : e.GetBaseException().Message;
            throw new ControlException(ControlError.Unavailable, $"the agent on {ApiSocket.PathIn(_dataDirectory)} cannot be reached: {why}", e);
        }
        catch (TaskCanceledException e) when (e.InnerException is TimeoutException)
        {
            throw new ControlException(ControlError.Unavailable, $"the agent on {ApiSocket.PathIn(_dataDirectory)} has not answered for {_agent.Timeout.TotalSeconds:0} s; its log may say why", e);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new ControlException(ErrorOf(response.StatusCode), await MessageAsync(response, cancellationToken));
        }
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> shape, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync(shape, cancellationToken) ?? throw new JsonException("the answer is null");
        }
        catch (JsonException e)
        {
            throw new ControlException(ControlError.Failed, $"the agent on {ApiSocket.PathIn(_dataDirectory)} speaks another version of Dkron than this command line {VersionDocument.OfProcess.Version}: {e.Message}", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ControlException(ControlError.Unavailable, $"the agent on {ApiSocket.PathIn(_dataDirectory)} broke off its answer: {e.GetBaseException().Message}", e);
        }
    }

    private static async Task<string> MessageAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var error = await response.Content.ReadFromJsonAsync(ApiJson.Shape.ErrorDocument, cancellationToken);
            if (error?.Message is { Length: > 0 } message)
            {
                return message;
            }
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or IOException)
        {
            // Whatever it is that answered, its status is all that can be told.
        }

        return $"the agent answered {(int)response.StatusCode} {response.ReasonPhrase}";
    }

    private static ControlError ErrorOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => ControlError.Invalid,
        HttpStatusCode.NotFound => ControlError.NotFound,
        HttpStatusCode.Conflict => ControlError.Conflict,
        HttpStatusCode.ServiceUnavailable => ControlError.Unavailable,
        _ => ControlError.Failed,
    };
}

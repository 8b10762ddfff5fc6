using System.Net.Sockets;
using Dkron.Host.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Dkron.Host.Tests.Api;

/// <summary>The API on a real socket in a folder of its own.</summary>
internal sealed class StubAgent : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly WebApplication _app;
    private readonly ApiSocket _socket;
    private readonly HttpClient _client;

    private StubAgent(TempFolder folder, WebApplication app, ApiSocket socket, StubControl control)
    {
        (_folder, _app, _socket, Control) = (folder, app, socket, control);
        _client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) => new NetworkStream(await ApiSocket.ConnectAsync(DataDirectory, cancellationToken), ownsSocket: true),
        })
        { BaseAddress = new Uri("http://dkron/v1/") };
    }

    public StubControl Control { get; }

    public string DataDirectory => _folder.Path;

    public static async Task<StubAgent> StartAsync()
    {
        var folder = new TempFolder();
        var control = new StubControl();
        var socket = await ApiSocket.ClaimAsync(folder.Path, CancellationToken.None);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddLogging();
        builder.Services.AddSingleton<IControl>(control);
        builder.Services.AddSingleton(TimeProvider.System);
        var app = builder.AddApi(socket).Build().MapApi();
        await app.StartAsync();
        return new StubAgent(folder, app, socket, control);
    }

    public Task<string> TextAsync(string path) => _client.GetStringAsync(new Uri(path, UriKind.Relative), CancellationToken.None);

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public async Task<StreamReader> ReadAsync(string path) => new(await _client.GetStreamAsync(new Uri(path, UriKind.Relative), CancellationToken.None));

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        return await _client.SendAsync(request, CancellationToken.None);
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _socket.Dispose();
        _folder.Dispose();
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Dkron.Plugins.Tests.Syslog;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dkron.Plugins.Tests.Webhook;

/// <summary>A Kestrel on loopback that keeps what it gets and answers as a test wants.</summary>
internal sealed class HttpReceiver : IAsyncDisposable
{
    public const string Secret = "T0000SECRET";

    private readonly WebApplication _app;
    private readonly TestAuthority? _authority;

    private HttpReceiver(WebApplication app, TestAuthority? authority)
    {
        _app = app;
        _authority = authority;
    }

    public ConcurrentQueue<ReceivedRequest> Requests { get; } = [];

    public string Server { get; private set; } = "";

    /// <summary>An address with what must not be told in it.</summary>
    public string Url => $"{Server}/services/{Secret}/hook?token={Secret}";

    public static async Task<HttpReceiver> StartAsync(Func<HttpContext, Task>? answer = null, bool tls = false, string name = "localhost")
    {
        var authority = tls ? new TestAuthority("Dkron test authority") : null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (authority?.Sign(name) is { } files)
            {
                listen.UseHttps(X509Certificate2.CreateFromPemFile(files.Certificate, files.Key));
            }
        }));
        var receiver = new HttpReceiver(builder.Build(), authority);
        receiver._app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            receiver.Requests.Enqueue(new ReceivedRequest(
                http.Request.Method,
                http.Request.Path + http.Request.QueryString,
                http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                body.ToArray()));
            await (answer?.Invoke(http) ?? Task.CompletedTask);
        });
        await receiver._app.StartAsync();
        receiver.Server = receiver._app.Urls.Single().Replace("127.0.0.1", "localhost");
        return receiver;
    }

    public (string Key, string Value)[] Config(params (string Key, string Value)[] more) => [("url", Url), .. _authority is null ? [] : new[] { ("ca_file", _authority.CaFile) }, .. more];

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _authority?.Dispose();
    }
}

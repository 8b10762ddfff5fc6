using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Dkron.Host.Api;

/// <summary>Puts the API into the host.</summary>
internal static class ApiServer
{
    private const long MaxRequestBytes = 64 * 1024;

    /// <summary>Serves on a socket that was claimed. The container must hold an <see cref="IControl"/> and a <see cref="TimeProvider"/>.</summary>
    public static WebApplicationBuilder AddApi(this WebApplicationBuilder builder, ApiSocket socket)
    {
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<ApiErrors>();
        builder.Services.Configure<SocketTransportOptions>(options => options.CreateBoundListenSocket = endPoint =>
            endPoint.AddressFamily == System.Net.Sockets.AddressFamily.Unix ? socket.Bind() : SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = MaxRequestBytes;
            options.ListenUnixSocket(socket.EndPointPath, listen => listen.Protocols = HttpProtocols.Http1);
        });
        return builder;
    }

    /// <summary>Maps everything below /v1.</summary>
    public static WebApplication MapApi(this WebApplication app)
    {
        var control = app.Services.GetRequiredService<IControl>();
        var time = app.Services.GetRequiredService<TimeProvider>();
        app.Use(app.Services.GetRequiredService<ApiErrors>().HandleAsync);
        var jobs = new JobEndpoints(control);
        app.MapGet("/v1/jobs", jobs.ListAsync);
        app.MapGet("/v1/jobs/{name}", jobs.ShowAsync);
        app.MapPost("/v1/jobs/{name}/run", jobs.RunAsync);
        var executions = new ExecutionEndpoints(control, time, app.Lifetime);
        app.MapGet("/v1/executions", executions.ListAsync);
        app.MapGet("/v1/executions/{id}", executions.ShowAsync);
        app.MapGet("/v1/executions/{id}/output", executions.OutputAsync);
        app.MapPost("/v1/executions/{id}/stop", executions.StopAsync);
        app.MapPost("/v1/executions/{id}/reprocess", executions.ReprocessAsync);
        app.MapPost("/v1/reprocess", executions.ReprocessManyAsync);
        app.MapGet("/v1/deadletters", executions.DeadLettersAsync);
        app.MapPost("/v1/deadletters/reprocess", executions.ReprocessDeadAsync);
        var node = new NodeEndpoints(control);
        app.MapGet("/v1/plugins", node.PluginsAsync);
        app.MapPost("/v1/plugins/reload", node.ReloadAllAsync);
        app.MapPost("/v1/plugins/{name}/reload", node.ReloadAsync);
        app.MapPost("/v1/plugins/{name}/rollback", node.RollBackAsync);
        app.MapGet("/v1/status", node.StatusAsync);
        return app;
    }
}

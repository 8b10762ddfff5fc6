using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dkron.Host.Tests;

public sealed class AgentHostTests
{
    private const int Done = 0;
    private const int Failed = 1;

    [Fact]
    public async Task A_host_that_is_told_to_end_before_it_is_started_ends_well()
    {
        using var host = HostOf(_ => new Part(_ => Task.CompletedTask));
        LifetimeOf(host.Services).StopApplication();

        var exitCode = await AgentHost.RunAsync(host, CancellationToken.None);

        exitCode.Should().Be(Done);
    }

    [Fact]
    public async Task A_host_that_is_told_to_end_while_it_starts_stops_what_it_began_and_ends_well()
    {
        Part? begun = null;
        using var host = HostOf(services => begun = new Part(starting =>
        {
            LifetimeOf(services).StopApplication();
            return Task.FromCanceled(starting);
        }));

        var exitCode = await AgentHost.RunAsync(host, CancellationToken.None);

        exitCode.Should().Be(Done);
        begun!.IsStopped.Should().BeTrue();
    }

    [Fact]
    public async Task A_host_whose_work_has_failed_ends_as_failed()
    {
        using var host = HostOf(_ => new Work(_ => Task.FromException(new InvalidOperationException("the work is broken"))));

        var exitCode = await AgentHost.RunAsync(host, CancellationToken.None);

        exitCode.Should().Be(Failed);
    }

    [Fact]
    public async Task A_host_whose_work_lasted_until_it_was_told_to_end_ends_well()
    {
        using var host = HostOf(services => new Work(async stopping =>
        {
            LifetimeOf(services).StopApplication();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
        }));

        var exitCode = await AgentHost.RunAsync(host, CancellationToken.None);

        exitCode.Should().Be(Done);
    }

    private static IHost HostOf<T>(Func<IServiceProvider, T> service)
        where T : class, IHostedService
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddHostedService(service);
        return builder.Build();
    }

    private static IHostApplicationLifetime LifetimeOf(IServiceProvider services) => services.GetRequiredService<IHostApplicationLifetime>();

    private sealed class Part(Func<CancellationToken, Task> start) : IHostedService
    {
        public bool IsStopped { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken) => start(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken)
        {
            IsStopped = true;
            return Task.CompletedTask;
        }
    }

    private sealed class Work(Func<CancellationToken, Task> work) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => work(stoppingToken);
    }
}

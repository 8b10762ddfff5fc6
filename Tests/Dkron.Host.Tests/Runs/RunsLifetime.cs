using Microsoft.Extensions.Hosting;

namespace Dkron.Host.Tests.Runs;

/// <summary>Tells the parts of a host that it ends.</summary>
internal sealed class RunsLifetime : IHostApplicationLifetime, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public CancellationToken ApplicationStarted => new(canceled: true);

    public CancellationToken ApplicationStopping => _stopping.Token;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication() => _stopping.Cancel();

    public Task StoppingAsync() => _stopping.CancelAsync();

    public void Dispose() => _stopping.Dispose();
}

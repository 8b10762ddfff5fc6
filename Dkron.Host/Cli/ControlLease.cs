using Dkron.Host.Api;

namespace Dkron.Host.Cli;

/// <summary>Who answers, for the time of one verb.</summary>
internal sealed record ControlLease(IControl Control, bool IsAgent) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        if (Control is IAsyncDisposable asynchronous)
        {
            await asynchronous.DisposeAsync();
        }
        else
        {
            (Control as IDisposable)?.Dispose();
        }
    }
}

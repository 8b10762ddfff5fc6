namespace Dkron.Host.Plugins;

/// <summary>A call that did not end in its time. Disposing it tells that it has ended.</summary>
internal sealed class AbandonedCall(Generation generation) : IDisposable
{
    private int _ended;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            generation.EndAbandoned();
        }
    }
}

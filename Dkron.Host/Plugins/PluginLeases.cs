namespace Dkron.Host.Plugins;

/// <summary>The plugins of one chain, held from its beginning to its end: each name means one generation throughout.</summary>
/// <remarks>Disposed by the chain, once all of its calls have ended or were reported as abandoned. Not for concurrent disposal.</remarks>
internal sealed class PluginLeases(PluginLease[] leases) : IDisposable
{
    private bool _disposed;

    public int Count => leases.Length;

    /// <summary>The lease of a step, by its place in the chain.</summary>
    public PluginLease this[int index] => leases[index];

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            foreach (var lease in leases)
            {
                lease.Release();
            }
        }
    }
}

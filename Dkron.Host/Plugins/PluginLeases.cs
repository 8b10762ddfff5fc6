using System.Collections;
using Dkron.Host.Processing;

namespace Dkron.Host.Plugins;

/// <summary>The plugins of one chain, held from its beginning to its end: each name means one generation throughout.</summary>
/// <remarks>Disposed once all calls of the chain have ended or were reported as abandoned. Not for concurrent disposal.</remarks>
internal sealed class PluginLeases(StepTarget[] targets) : IReadOnlyList<StepTarget>, IDisposable
{
    private bool _disposed;

    public int Count => targets.Length;

    /// <summary>What a step calls, by its place in the chain.</summary>
    public StepTarget this[int index] => targets[index];

    public IEnumerator<StepTarget> GetEnumerator() => ((IEnumerable<StepTarget>)targets).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        for (var i = 0; i < targets.Length; i++)
        {
            // A name that stands twice in the chain is held once.
            if (targets[i] is GenerationTarget target && Array.IndexOf(targets, target, 0, i) < 0)
            {
                target.Generation.Release();
            }
        }
    }
}

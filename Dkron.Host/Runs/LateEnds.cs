using System.Collections.Concurrent;
using System.Threading.Channels;
using Dkron.Abstractions;

namespace Dkron.Host.Runs;

/// <summary>Firings that wait for the end of processing to know whether their execution counts as failed: what follows them comes then.</summary>
/// <remarks>Only a step with <c>on_error: fail</c> makes them wait, and only while it is still to be called.</remarks>
internal sealed class LateEnds
{
    private readonly ConcurrentDictionary<string, Attempt> _waiting = new(StringComparer.Ordinal);
    private readonly Channel<(Attempt Attempt, ExecutionInfo Ended)> _ended = Channel.CreateUnbounded<(Attempt, ExecutionInfo)>();

    public void Expect(string id, Attempt attempt) => _waiting[id] = attempt;

    /// <summary>Nobody waits any more. False when it has been told already.</summary>
    public bool Forget(string id) => _waiting.TryRemove(id, out _);

    public void Tell(ExecutionInfo ended)
    {
        if (_waiting.TryRemove(ended.Id, out var attempt))
        {
            _ended.Writer.TryWrite((attempt, ended));
        }
    }

    public IAsyncEnumerable<(Attempt Attempt, ExecutionInfo Ended)> ReadAsync(CancellationToken cancellationToken) => _ended.Reader.ReadAllAsync(cancellationToken);
}

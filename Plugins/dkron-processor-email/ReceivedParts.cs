using MimeKit;

namespace Dkron.Processors.Email;

/// <summary>Remembers who already has a mail while it is on its way to others, so that a repeat goes only to those.</summary>
/// <remarks>Lost at a restart: then all get it again, under the same Message-ID.</remarks>
internal sealed class ReceivedParts
{
    private const int MaxRemembered = 1000;

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, HashSet<string>> _received = [];

    public IReadOnlyList<MailboxAddress> Missing(string invocation, IReadOnlyList<MailboxAddress> receivers)
    {
        lock (_lock)
        {
            return _received.TryGetValue(invocation, out var have) ? [.. receivers.Where(one => !have.Contains(one.Address))] : receivers;
        }
    }

    /// <summary>Whether anybody has it.</summary>
    public bool HasAny(string invocation)
    {
        lock (_lock)
        {
            return _received.TryGetValue(invocation, out var have) && have.Count > 0;
        }
    }

    public void Add(string invocation, IEnumerable<MailboxAddress> receivers)
    {
        lock (_lock)
        {
            if (!_received.TryGetValue(invocation, out var have))
            {
                have = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
                _received.Add(invocation, have);
            }

            have.UnionWith(receivers.Select(one => one.Address));
            if (_received.Count > MaxRemembered)
            {
                _received.RemoveAt(0);
            }
        }
    }

    public void Forget(string invocation)
    {
        lock (_lock)
        {
            _received.Remove(invocation);
        }
    }
}

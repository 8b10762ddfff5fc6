using System.Collections.Concurrent;

namespace Dkron.Host.Tests.Plugins;

/// <summary>Threads that call <see cref="LazyPlugin"/> as fast as they can, from their making to <see cref="Stop"/>.</summary>
internal sealed class Callers
{
    private readonly Func<bool, string> _ask;
    private readonly Thread[] _threads;
    private readonly long[] _calls;
    private volatile bool _isStopped;

    /// <param name="ask">One call; true asks it to hold the plugin for a while before the call.</param>
    /// <param name="count">How many threads.</param>
    public Callers(Func<bool, string> ask, int count)
    {
        _ask = ask;
        Latencies = [.. Enumerable.Range(0, count).Select(_ => new LatencyCounts())];
        _calls = new long[count];
        _threads = [.. Enumerable.Range(0, count).Select(i => new Thread(() => Call(i)) { IsBackground = true })];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>The answers that no version gives, and calls that failed.</summary>
    public ConcurrentQueue<string> Wrong { get; } = new();

    /// <summary>Calls that have ended.</summary>
    public long Calls => Enumerable.Range(0, _calls.Length).Sum(i => Volatile.Read(ref _calls[i]));

    /// <summary>How long calls took, by caller; not those that were held up.</summary>
    public LatencyCounts[] Latencies { get; }

    /// <summary>Forgets how long the calls so far took, but for one that is counted just now.</summary>
    public void StartOver() => Array.ForEach(Latencies, counts => counts.Clear());

    /// <summary>Ends when the last call has ended.</summary>
    public void Stop()
    {
        _isStopped = true;
        Array.ForEach(_threads, thread => thread.Join());
    }

    private void Call(int caller)
    {
        while (!_isStopped)
        {
            var began = TimeProvider.System.GetTimestamp();
            try
            {
                var answer = _ask(_calls[caller] % 1000 == 999);
                if (answer != LazyPlugin.AnswerOf(0) && answer != LazyPlugin.AnswerOf(1))
                {
                    Wrong.Enqueue(answer);
                }
            }
#pragma warning disable CA1031 // Whatever fails is what is looked for.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Wrong.Enqueue(e.ToString());
            }

            if (_calls[caller] % 1000 != 999)
            {
                Latencies[caller].Add(TimeProvider.System.GetElapsedTime(began));
            }

            Volatile.Write(ref _calls[caller], _calls[caller] + 1);
        }
    }
}

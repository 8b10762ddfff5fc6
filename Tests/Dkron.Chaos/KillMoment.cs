namespace Dkron.Chaos;

/// <summary>When to kill: while it starts, at any time, or at the moment in which the database's log is written to.</summary>
internal sealed class KillMoment(Random random, string log)
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan CommitLimit = TimeSpan.FromSeconds(2);

    /// <summary>Waits for a moment, or for the process to end by itself.</summary>
    public async Task WaitAsync(Task ready)
    {
        var kind = random.Next(10);
        if (kind == 0)
        {
            await Task.Delay(LongestStart * random.NextDouble(), TimeProvider.System);
            return;
        }

        await ready;
        await Task.Delay(LongestRun * random.NextDouble(), TimeProvider.System);
        if (kind > 4)
        {
            AwaitCommit(random.Next(1, 30));
        }
    }

    /// <summary>Spins, because a commit takes less time than a timer is exact.</summary>
    private void AwaitCommit(int count)
    {
        var began = TimeProvider.System.GetTimestamp();
        var seen = Written();
        while (count > 0 && TimeProvider.System.GetElapsedTime(began) < CommitLimit)
        {
            var now = Written();
            count -= now == seen ? 0 : 1;
            seen = now;
        }
    }

    private (long Length, DateTime Time) Written()
    {
        var file = new FileInfo(log);
        return file.Exists ? (file.Length, file.LastWriteTimeUtc) : (0, default);
    }
}

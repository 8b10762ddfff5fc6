namespace Dkron.Host.Tests;

/// <summary>Waits for a condition, never for a time.</summary>
internal static class Wait
{
    public static async Task Until(Func<bool> condition, TimeSpan? limit = null)
    {
        using var ended = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, ended.Token);
        }
    }
}

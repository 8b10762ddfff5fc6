namespace Dkron.Acceptance.Tests;

/// <summary>Waits for a condition, never for a time.</summary>
internal static class Wait
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task Until(Func<bool> condition, Func<string>? describe = null, TimeSpan? limit = null) =>
        UntilAsync(() => Task.FromResult(condition()), describe, limit);

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string>? describe = null, TimeSpan? limit = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > (limit ?? Limit))
            {
                throw new TimeoutException($"The condition did not come true. {describe?.Invoke()}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}

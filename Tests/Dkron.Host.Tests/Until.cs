namespace Dkron.Host.Tests;

/// <summary>Waits for what others do.</summary>
internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Waits until a condition holds, with a generous limit.</summary>
    public static Task TrueAsync(Func<bool> condition, string because = "the condition should hold by now") => TrueAsync(() => Task.FromResult(condition()), because);

    /// <summary>Waits until a condition holds, with a generous limit.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string because = "the condition should hold by now")
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(started).Should().BeLessThan(Patience, because);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}

namespace Dkron.Host.Tests.Plugins;

/// <summary>Waits for conditions.</summary>
internal static class Until
{
    /// <summary>Waits until a condition holds, with a generous limit.</summary>
    public static Task TrueAsync(Func<bool> condition) => TrueAsync(() => Task.FromResult(condition()));

    /// <summary>Waits until a condition holds, with a generous limit.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromMinutes(1), "the condition should hold by now");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}

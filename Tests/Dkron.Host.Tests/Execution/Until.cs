namespace Dkron.Host.Tests.Execution;

internal static class Until
{
    public static async Task TrueAsync(Func<bool> condition, string because)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            TimeProvider.System.GetElapsedTime(start).Should().BeLessThan(CommandBench.Patience, because);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
        }
    }
}

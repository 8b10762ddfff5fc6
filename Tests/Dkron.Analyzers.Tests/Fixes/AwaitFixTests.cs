namespace Dkron.Analyzers.Tests.Fixes;

public sealed class AwaitFixTests : FixTests
{
    private const string Members = "private static Task<int> WorkAsync(CancellationToken cancellationToken) => Task.FromResult(cancellationToken.GetHashCode()); private readonly SemaphoreSlim _turn = new(1);";

    [Theory]
    [InlineData("_ = WorkAsync(cancellationToken).Result;", "_ = await WorkAsync(cancellationToken);")]
    [InlineData("_ = WorkAsync(cancellationToken).Result.ToString();", "_ = (await WorkAsync(cancellationToken)).ToString();")]
    [InlineData("WorkAsync(cancellationToken).Wait();", "await WorkAsync(cancellationToken);")]
    [InlineData("WorkAsync(cancellationToken).Wait(TimeSpan.FromSeconds(1), cancellationToken);", "await WorkAsync(cancellationToken).WaitAsync(TimeSpan.FromSeconds(1), cancellationToken);")]
    [InlineData("WorkAsync(cancellationToken).GetAwaiter().GetResult();", "await WorkAsync(cancellationToken);")]
    [InlineData("Task.WaitAll(WorkAsync(cancellationToken), WorkAsync(cancellationToken));", "await Task.WhenAll(WorkAsync(cancellationToken), WorkAsync(cancellationToken));")]
    [InlineData("Thread.Sleep(100);", "await Task.Delay(100, cancellationToken);")]
    [InlineData("Thread.Sleep(TimeSpan.FromSeconds(1));", "await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);")]
    [InlineData("_turn.Wait();", "await _turn.WaitAsync(cancellationToken);")]
    public Task A_blocking_wait_is_awaited(string before, string after) => BecomesAsync(PluginCode.Processor(before, Members), PluginCode.Processor(after, Members));

    [Theory]
    [InlineData("Thread.Sleep(100);", "await Task.Delay(TimeSpan.FromMilliseconds(100), _time, cancellationToken);")]
    [InlineData("Thread.Sleep(TimeSpan.FromSeconds(1));", "await Task.Delay(TimeSpan.FromSeconds(1), _time, cancellationToken);")]
    public Task A_sleep_becomes_a_delay_of_the_clock_at_hand(string before, string after)
    {
        const string Clock = "private readonly TimeProvider _time = TimeProvider.System;";

        return BecomesAsync(PluginCode.Processor(before, Clock), PluginCode.Processor(after, Clock));
    }

    [Theory]
    [InlineData("private int Send(CancellationToken token) => WorkAsync(token).Result;")]
    [InlineData("private async Task SendAsync(object gate) { await Task.Yield(); lock (gate) { Thread.Sleep(1); } }")]
    public Task Where_no_await_may_stand_there_is_no_fix(string member) => StaysAsync(PluginCode.Processor("", Members + member));
}

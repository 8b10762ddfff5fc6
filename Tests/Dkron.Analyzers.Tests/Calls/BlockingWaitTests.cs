namespace Dkron.Analyzers.Tests.Calls;

public sealed class BlockingWaitTests : RuleTests
{
    private const string Rule = "DKRON006";

    private const string Members = "private static Task<int> WorkAsync(CancellationToken cancellationToken) => Task.FromResult(cancellationToken.GetHashCode()); private readonly SemaphoreSlim _turn = new(1);";

    [Theory]
    [InlineData("var work = WorkAsync(cancellationToken); _ = work.Result;", "work.Result")]
    [InlineData("_ = WorkAsync(cancellationToken).Result;", "WorkAsync(cancellationToken).Result")]
    [InlineData("WorkAsync(cancellationToken).Wait(cancellationToken);", "WorkAsync(cancellationToken).Wait(cancellationToken)")]
    [InlineData("WorkAsync(cancellationToken).GetAwaiter().GetResult();", "WorkAsync(cancellationToken).GetAwaiter().GetResult()")]
    [InlineData("WorkAsync(cancellationToken).ConfigureAwait(false).GetAwaiter().GetResult();", "WorkAsync(cancellationToken).ConfigureAwait(false).GetAwaiter().GetResult()")]
    [InlineData("_ = new ValueTask<int>(WorkAsync(cancellationToken)).Result;", "new ValueTask<int>(WorkAsync(cancellationToken)).Result")]
    [InlineData("Task.WaitAll(WorkAsync(cancellationToken), WorkAsync(cancellationToken));", "Task.WaitAll(WorkAsync(cancellationToken), WorkAsync(cancellationToken))")]
    [InlineData("Thread.Sleep(100);", "Thread.Sleep(100)")]
    [InlineData("_turn.Wait(cancellationToken);", "_turn.Wait(cancellationToken)")]
    [InlineData("cancellationToken.WaitHandle.WaitOne();", "cancellationToken.WaitHandle.WaitOne()")]
    [InlineData("var work = WorkAsync(cancellationToken); await Task.FromResult(work.Result);", "work.Result")]
    public Task A_wait_that_blocks_is_found(string statements, string place) => HasAsync(Rule, PluginCode.Processor(statements, Members), place);

    [Fact]
    public Task A_helper_of_a_processor_that_blocks_is_found() =>
        HasAsync(Rule, PluginCode.Processor("Send(cancellationToken);", Members + "private static int Send(CancellationToken token) => WorkAsync(token).Result;"), "WorkAsync(token).Result");

    [Fact]
    public Task An_async_method_of_another_type_that_blocks_is_found() =>
        HasAsync(Rule, PluginCode.Processor("") + "internal static class Sender { public static async Task SendAsync(Task work) { await Task.Yield(); Thread.Sleep(1); } }", "Thread.Sleep(1)");

    [Theory]
    [InlineData("var one = WorkAsync(cancellationToken); var two = WorkAsync(cancellationToken); await Task.WhenAll(one, two); _ = one.Result + two.Result;")]
    [InlineData("var all = new[] { WorkAsync(cancellationToken) }; await Task.WhenAll(all); _ = all.Select(work => work.Result).Sum(); foreach (var work in all) { _ = work.Result; }")]
    [InlineData("var first = await Task.WhenAny(WorkAsync(cancellationToken)); _ = first.Result;")]
    [InlineData("var work = WorkAsync(cancellationToken); if (work.IsCompletedSuccessfully) { _ = work.Result; }")]
    [InlineData("await WorkAsync(cancellationToken).ContinueWith(done => done.Result + 1, cancellationToken, TaskContinuationOptions.None, TaskScheduler.Default);")]
    [InlineData("_ = _turn.Wait(0); _ = _turn.Wait(TimeSpan.Zero); _ = cancellationToken.WaitHandle.WaitOne(0);")]
    [InlineData("await Task.Delay(1, cancellationToken); await _turn.WaitAsync(cancellationToken);")]
    [InlineData("_ = new Answer().Result; new Answer().Wait();")]
    public Task A_wait_that_does_not_block_is_all_right(string statements) =>
        HasNothingAsync(PluginCode.Processor(statements, Members) + "internal sealed class Answer { public int Result => 1; public void Wait() { } }");

    [Theory]
    [InlineData("var thread = new Thread(() => { Thread.Sleep(100); }); thread.Start();", "")]
    [InlineData("var thread = new Thread(Loop); thread.Start();", "private static void Loop() { Thread.Sleep(100); }")]
    [InlineData("var work = Task.Factory.StartNew(() => Thread.Sleep(100), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);", "")]
    public Task A_thread_of_the_plugins_own_may_block(string statements, string members) => HasNothingAsync(PluginCode.Processor("", $"public void Start(CancellationToken cancellationToken) {{ {statements} }}" + members));

    [Fact]
    public Task Other_types_may_block_outside_async_functions() =>
        HasNothingAsync(PluginCode.Processor("") + "internal static class Looping { public static void Loop() => Thread.Sleep(1); }");
}
